//! The command lines of `config write`, `read`, `list` and `delete`: every flag of Consul 1.8.7 and 1.21.4.

use std::ffi::OsString;
use std::future::Future;

use super::go_flags::{self, Flag, FlagError, Kind, Parsed};
use crate::cli::Outcome;
use crate::commands::block_on;
use crate::commands::config::{Failure, Source, delete, list, read, write};
use crate::output::Printer;
use crate::settings::consul::{ConsulFlags, ConsulSettings, Grammar};
use crate::settings::env::Env;
use crate::visible::visible;

/// The commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subcommand {
    /// `config write`
    Write,
    /// `config read`
    Read,
    /// `config list`
    List,
    /// `config delete`
    Delete,
}

const fn text(name: &'static str, value: &'static str, help: &'static str) -> Flag {
    Flag { name, kind: Kind::Text, value, help }
}

const fn switch(name: &'static str, help: &'static str) -> Flag {
    Flag { name, kind: Kind::Bool, value: "", help }
}

const KIND: Flag = text("kind", "kind", "Kind of the entry, such as terminating-gateway.");
const NAME: Flag = text("name", "name", "Name of the entry.");
const CAS: Flag =
    switch("cas", "Change the entry only if nobody else did: its ModifyIndex must be -modify-index.");
const MODIFY_INDEX: Flag = Flag {
    name: "modify-index",
    kind: Kind::Integer,
    value: "index",
    help: "The ModifyIndex that -cas expects; for a write, 0 (the default) means that the entry must not exist.",
};

const WRITE: &[Flag] = &[CAS, MODIFY_INDEX];
const READ: &[Flag] = &[KIND, NAME];
const LIST: &[Flag] =
    &[KIND, text("filter", "expression", "Filter for the agent; not supported for every kind.")];
const DELETE: &[Flag] = &[
    KIND,
    NAME,
    text("filename", "path", "File with the entry to delete, instead of -kind and -name."),
    CAS,
    MODIFY_INDEX,
];

/// How to reach the agent.
const AGENT: &[Flag] = &[
    text(
        "http-addr",
        "address",
        "The agent's HTTP address: host:port, http://, https:// or unix:// (default: http://127.0.0.1:8500; environment: CONSUL_HTTP_ADDR).",
    ),
    text("ca-file", "path", "CA file for https to the agent (environment: CONSUL_CACERT)."),
    text("ca-path", "path", "Directory of CA files for https to the agent (environment: CONSUL_CAPATH)."),
    text("client-cert", "path", "Client certificate towards the agent (environment: CONSUL_CLIENT_CERT)."),
    text("client-key", "path", "Private key of the client certificate (environment: CONSUL_CLIENT_KEY)."),
    text(
        "tls-server-name",
        "name",
        "Name to expect in the agent's certificate (environment: CONSUL_TLS_SERVER_NAME).",
    ),
    text("token", "token", "ACL token (environment: CONSUL_HTTP_TOKEN)."),
    text(
        "token-file",
        "path",
        "File with the ACL token; wins over -token (environment: CONSUL_HTTP_TOKEN_FILE).",
    ),
    text("datacenter", "name", "Datacenter to ask; writes and deletes go to the primary one all the same."),
    switch("stale", "Accepted; any server may answer reads of the agent anyway."),
    text("namespace", "name", "Enterprise namespace (environment: CONSUL_NAMESPACE)."),
    text("partition", "name", "Enterprise admin partition (environment: CONSUL_PARTITION)."),
];

impl Subcommand {
    /// The command of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "write" => Some(Self::Write),
            "read" => Some(Self::Read),
            "list" => Some(Self::List),
            "delete" => Some(Self::Delete),
            _ => None,
        }
    }

    fn usage(self) -> (&'static str, &'static str) {
        match self {
            Self::Write => (
                "termgate config write [flags] FILE|-",
                "Writes a configuration entry (HCL or JSON) from a file, or from standard input.",
            ),
            Self::Read => (
                "termgate config read [flags] -kind KIND -name NAME",
                "Prints a configuration entry as JSON.",
            ),
            Self::List => {
                ("termgate config list [flags] -kind KIND", "Prints the names of all entries of a kind.")
            }
            Self::Delete => (
                "termgate config delete [flags] (-kind KIND -name NAME | -filename FILE)",
                "Deletes a configuration entry. That it never existed is no failure.",
            ),
        }
    }

    fn flags(self) -> Vec<Flag> {
        let own = match self {
            Self::Write => WRITE,
            Self::Read => READ,
            Self::List => LIST,
            Self::Delete => DELETE,
        };
        [own, AGENT].concat()
    }
}

/// Runs one of the commands; as with Consul, every failure gives 1.
pub fn run(subcommand: Subcommand, arguments: Vec<OsString>, env: &dyn Env, printer: Printer) -> Outcome {
    let flags = subcommand.flags();
    let (usage, summary) = subcommand.usage();
    let outcome = match go_flags::parse_os(&flags, arguments) {
        Ok(parsed) => dispatch(subcommand, &parsed, env, printer),
        Err(FlagError::Help) => Ok(go_flags::help(usage, summary, &flags)),
        Err(error) => Err(wrong_usage(error.to_string(), usage)),
    };
    match outcome {
        Ok(text) => {
            match subcommand {
                Subcommand::Read => printer.json_text(&text)?,
                _ => printer.data(text)?,
            }
            Ok(0)
        }
        Err(failure) => {
            printer.stderr(failure.message.trim_end_matches('\n'));
            if let Some(details) = &failure.details {
                printer.styled_stderr(&format!("\n{}", details.trim_end()));
            }
            if let Some(hint) = &failure.hint {
                printer.hint(hint);
            }
            Ok(1)
        }
    }
}

fn wrong_usage(message: String, usage: &str) -> Failure {
    Failure { message, details: None, hint: Some(format!("usage: {usage}")) }
}

fn dispatch(
    subcommand: Subcommand,
    parsed: &Parsed,
    env: &dyn Env,
    printer: Printer,
) -> Result<String, Failure> {
    let (usage, _) = subcommand.usage();
    let agent = || {
        let settings =
            ConsulSettings::resolve(agent_flags(parsed), env).map_err(|error| Failure::connect(&error))?;
        for warning in &settings.warnings {
            printer.warning(warning);
        }
        Ok(settings)
    };
    let required = |name: &'static str| match given(parsed, name) {
        Some(value) => Ok(value),
        None => Err(wrong_usage(format!("Must specify the -{name} parameter"), usage)),
    };
    match subcommand {
        Subcommand::Write => {
            let [file] = parsed.rest.as_slice() else {
                let message =
                    "Must provide exactly one positional argument to specify the config entry to write";
                return Err(wrong_usage(message.to_owned(), usage));
            };
            let index = modify_index(parsed, usage)?;
            let loaded = write::load(&Source::from_argument(file)?, printer.colour())?;
            loaded.warnings.iter().for_each(|warning| printer.warning(warning));
            if given(parsed, "modify-index").is_some() && !parsed.is_on("cas") {
                printer.warning(
                    "-modify-index has no effect without -cas: the entry is overwritten whoever changed it",
                );
            }
            warn_of_datacenter(parsed, printer);
            block_on_config(write::send(&loaded.entry, parsed.is_on("cas").then_some(index), &agent()?))
        }
        Subcommand::Read => {
            let (kind, name) = (required("kind")?, required("name")?);
            block_on_config(read::run(&kind, &name, &agent()?))
        }
        Subcommand::List => {
            let kind = required("kind")?;
            let (filter, agent) = (given(parsed, "filter"), agent()?);
            let names = block_on_config(list::run(&kind, filter.as_deref(), &agent))?;
            if names.is_empty() {
                printer.note("no entries; a token that may not read them sees none either");
            }
            // Consul's own bytes, unless they would act on a terminal.
            let shown = |name: String| {
                if printer.stdout_terminal() { visible(&name).into_owned() + "\n" } else { name + "\n" }
            };
            Ok(names.into_iter().map(shown).collect())
        }
        Subcommand::Delete => {
            let index = modify_index(parsed, usage)?;
            let (kind, name) = match given(parsed, "filename") {
                Some(_) if given(parsed, "kind").is_some() || given(parsed, "name").is_some() => {
                    return Err(wrong_usage("filename can't be used with kind or name".to_owned(), usage));
                }
                Some(file) => {
                    let entry = write::load(&Source::from_argument(&file)?, printer.colour())?.entry;
                    (entry.kind().to_owned(), entry.name().to_owned())
                }
                None => (required("kind")?, required("name")?),
            };
            let cas = parsed.is_on("cas");
            if cas && index == 0 {
                let message = "Must specify a -modify-index greater than 0 with -cas";
                return Err(wrong_usage(message.to_owned(), usage));
            }
            if !cas && index != 0 {
                return Err(wrong_usage("Cannot specify -modify-index without -cas".to_owned(), usage));
            }
            warn_of_datacenter(parsed, printer);
            block_on_config(delete::run(&kind, &name, cas.then_some(index), &agent()?))
        }
    }
}

/// Entries are written in the primary datacenter, whatever is asked for.
fn warn_of_datacenter(parsed: &Parsed, printer: Printer) {
    if let Some(datacenter) = given(parsed, "datacenter") {
        printer.warning(format_args!(
            "-datacenter={datacenter} changes nothing: Consul keeps configuration entries in the primary datacenter"
        ));
    }
}

/// The value of a flag; an empty one counts as not given.
fn given(parsed: &Parsed, name: &str) -> Option<String> {
    parsed.text(name).filter(|value| !value.is_empty()).map(str::to_owned)
}

fn modify_index(parsed: &Parsed, usage: &str) -> Result<u64, Failure> {
    u64::try_from(parsed.integer("modify-index").unwrap_or(0)).map_err(|_| {
        let value = parsed.text("modify-index").unwrap_or_default();
        wrong_usage(format!("invalid value {value:?} for flag -modify-index: parse error"), usage)
    })
}

fn agent_flags(parsed: &Parsed) -> ConsulFlags {
    let token_file = given(parsed, "token-file");
    ConsulFlags {
        grammar: Grammar::Consul,
        http_addr: given(parsed, "http-addr"),
        // Consul: the file wins.
        token: given(parsed, "token").filter(|_| token_file.is_none()),
        token_file: token_file.map(Into::into),
        ca_file: given(parsed, "ca-file").map(Into::into),
        ca_path: given(parsed, "ca-path").map(Into::into),
        client_cert: given(parsed, "client-cert").map(Into::into),
        client_key: given(parsed, "client-key").map(Into::into),
        tls_server_name: given(parsed, "tls-server-name"),
        namespace: given(parsed, "namespace"),
        partition: given(parsed, "partition"),
        datacenter: given(parsed, "datacenter"),
    }
}

/// Runs the part of a command that speaks to the agent.
fn block_on_config<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match block_on(async { Ok(future.await) }) {
        Ok(outcome) => outcome,
        Err(error) => Err(Failure::new(error.to_string())),
    }
}
