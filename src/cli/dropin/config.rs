//! The command lines of `config write`, `read`, `list` and `delete`: every flag of Consul 1.8.7 and 1.21.4.

use std::ffi::OsString;
use std::future::Future;

use super::go_flags::{self, FlagError, Page};
use crate::cli::Outcome;
use crate::commands::block_on;
use crate::commands::companion::Failure;
use crate::commands::config::{Source, delete, list, read, write};
use crate::finding::{Code, Finding};
use crate::output::{Printer, Reporter};
use crate::settings::consul::{self, AgentGroup, ConsulSettings};
use crate::settings::env::Env;
use crate::settings::findings;
use crate::settings::flag::{Flag, Grammar, Group as _};
use crate::settings::options::Options;
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

const KIND: Flag = Flag::text("kind", "KIND", "Kind of the entry, such as terminating-gateway");
const NAME: Flag = Flag::text("name", "NAME", "Name of the entry");
const CAS: Flag = Flag::switch("cas", "Change the entry only if its ModifyIndex is still --modify-index");
const MODIFY_INDEX: Flag = Flag::integer("modify-index", "INDEX", "The ModifyIndex that --cas expects")
    .details("For a write, 0 (the default) means that the entry must not exist.");
const FILTER: Flag = Flag::text("filter", "EXPRESSION", "Filter for the agent; not supported for every kind");
const FILENAME: Flag =
    Flag::text("filename", "PATH", "File with the entry to delete, instead of --kind and --name");
const STALE: Flag = Flag::switch("stale", "No effect: any server may answer the agent's reads anyway");

const DATACENTER: Flag =
    consul::DATACENTER.details("Writes and deletes always go to the primary datacenter.");

/// The flags that all of these commands have besides those of the agent.
const COMMON: &[Flag] = &[DATACENTER, STALE];

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
                "Deletes a configuration entry. It succeeds if the entry does not exist.",
            ),
        }
    }

    /// What its help says.
    pub fn page(self) -> Page {
        let (usage, summary) = self.usage();
        let (about, examples): (&str, &[&str]) = match self {
            Self::Write => (
                "Write an entry, as `consul config write`",
                &[
                    "termgate config write gateway.hcl",
                    "termgate config write -cas -modify-index=12 gateway.hcl",
                ],
            ),
            Self::Read => (
                "Print an entry, as `consul config read`",
                &["termgate config read -kind terminating-gateway -name us-west-gateway"],
            ),
            Self::List => (
                "List the entries of a kind, as `consul config list`",
                &["termgate config list -kind terminating-gateway"],
            ),
            Self::Delete => (
                "Delete an entry, as `consul config delete`",
                &[
                    "termgate config delete -kind terminating-gateway -name us-west-gateway",
                    "termgate config delete -filename gateway.hcl",
                ],
            ),
        };
        Page { about, usage, summary, flags: self.flags().to_vec(), examples }
    }

    pub fn flags(self) -> [&'static [Flag]; 3] {
        let own: &[Flag] = match self {
            Self::Write => &[CAS, MODIFY_INDEX],
            Self::Read => &[KIND, NAME],
            Self::List => &[KIND, FILTER],
            Self::Delete => &[KIND, NAME, FILENAME, CAS, MODIFY_INDEX],
        };
        [own, AgentGroup::FLAGS, COMMON]
    }
}

/// Runs one of the commands; as with Consul, every failure gives 1.
pub fn run(subcommand: Subcommand, arguments: Vec<OsString>, env: &dyn Env, printer: Printer) -> Outcome {
    let flags = subcommand.flags();
    let (usage, _) = subcommand.usage();
    let outcome = match go_flags::parse_os(&flags, arguments) {
        Ok(parsed) => {
            let options = Options::new(Grammar::Consul, &parsed.typed, env);
            let report = Reporter::new(printer, findings::policy(&options)?);
            dispatch(subcommand, &parsed.rest, &options, &report)
        }
        Err(FlagError::Help) => Ok(go_flags::help(&subcommand.page())),
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
    Failure::new(message).hint(format!("usage: {usage}"))
}

fn dispatch(
    subcommand: Subcommand,
    words: &[String],
    options: &Options<'_>,
    report: &Reporter,
) -> Result<String, Failure> {
    let (usage, _) = subcommand.usage();
    let printer = report.printer();
    let agent = || {
        let settings = ConsulSettings::resolve(options).map_err(|error| Failure::connect(&error))?;
        report.report_all(settings.warnings.iter().cloned());
        report.finish();
        match report.stop_if_strict("nothing was sent") {
            Ok(()) => Ok(settings),
            Err(error) => Err(Failure::new(error.to_string())),
        }
    };
    let required = |flag: &Flag| match options.plain(flag) {
        Some(value) => Ok(value),
        None => Err(wrong_usage(format!("Must specify the -{} parameter", flag.name), usage)),
    };
    let is_on = |flag: &Flag| options.is_on(flag).unwrap_or_default();
    match subcommand {
        Subcommand::Write => {
            let [file] = words else {
                let message =
                    "Must provide exactly one positional argument to specify the config entry to write";
                return Err(wrong_usage(message.to_owned(), usage));
            };
            let index = modify_index(options, usage)?;
            let mut loaded = write::load(&Source::from_argument(file)?, printer.colour())?;
            if loaded.refused.is_some() {
                loaded = block_on_config(loaded.for_agent(&agent()?))?;
            }
            report.report_all(loaded.findings);
            if options.plain(&MODIFY_INDEX).is_some() && !is_on(&CAS) {
                let message =
                    "-modify-index has no effect without -cas: the entry is overwritten whoever changed it";
                report.report(Finding::new(Code::FlagWithoutEffect, "-modify-index", message));
            }
            warn_of_datacenter(options, report);
            block_on_config(write::send(&loaded.entry, is_on(&CAS).then_some(index), &agent()?))
        }
        Subcommand::Read => {
            let (kind, name) = (required(&KIND)?, required(&NAME)?);
            block_on_config(read::run(&kind, &name, &agent()?))
        }
        Subcommand::List => {
            let kind = required(&KIND)?;
            let (filter, agent) = (options.plain(&FILTER), agent()?);
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
            let index = modify_index(options, usage)?;
            let (kind, name) = match options.plain(&FILENAME) {
                Some(_) if options.plain(&KIND).is_some() || options.plain(&NAME).is_some() => {
                    return Err(wrong_usage("filename can't be used with kind or name".to_owned(), usage));
                }
                Some(file) => {
                    let loaded = write::load(&Source::from_argument(&file)?, printer.colour())?;
                    if let Some(failure) = loaded.refused {
                        return Err(failure);
                    }
                    let entry = loaded.entry;
                    (entry.kind().to_owned(), entry.name().to_owned())
                }
                None => (required(&KIND)?, required(&NAME)?),
            };
            let cas = is_on(&CAS);
            if cas && index == 0 {
                let message = "Must specify a -modify-index greater than 0 with -cas";
                return Err(wrong_usage(message.to_owned(), usage));
            }
            if !cas && index != 0 {
                return Err(wrong_usage("Cannot specify -modify-index without -cas".to_owned(), usage));
            }
            warn_of_datacenter(options, report);
            block_on_config(delete::run(&kind, &name, cas.then_some(index), &agent()?))
        }
    }
}

/// Entries are written in the primary datacenter, whatever is asked for.
fn warn_of_datacenter(options: &Options<'_>, report: &Reporter) {
    if let Some(datacenter) = options.plain(&DATACENTER) {
        let message = format!(
            "-datacenter={datacenter} changes nothing: Consul keeps configuration entries in the primary datacenter"
        );
        report.report(Finding::new(Code::FlagWithoutEffect, "-datacenter", message));
    }
}

fn modify_index(options: &Options<'_>, usage: &str) -> Result<u64, Failure> {
    let index = options.integer(&MODIFY_INDEX).ok().flatten().unwrap_or(0);
    u64::try_from(index).map_err(|_| {
        let value = options.typed(&MODIFY_INDEX).unwrap_or_default();
        wrong_usage(format!("invalid value {value:?} for flag -modify-index: parse error"), usage)
    })
}

/// Runs the part of a command that speaks to the agent.
fn block_on_config<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match block_on(async { Ok(future.await) }) {
        Ok(outcome) => outcome,
        Err(error) => Err(Failure::new(error.to_string())),
    }
}
