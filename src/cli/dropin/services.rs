//! The command lines of `services register` and `services deregister` in Consul's grammar, and which grammar is meant.

use std::ffi::OsString;
use std::path::Path;

use super::companion::{Call, Companion};
use crate::commands::companion::Failure;
use crate::commands::services::local::{self, Registration};
use crate::settings::flag::Flag;

const KIND: Flag = Flag::text("kind", "KIND", "Kind of the service, such as terminating-gateway");
const ID: Flag = Flag::text("id", "ID", "ID of the service [default: its name]");
const NAME: Flag = Flag::text("name", "NAME", "Name of the service");
const ADDRESS: Flag = Flag::text("address", "HOST", "Address of the service [default: the agent's]");
const PORT: Flag = Flag::integer("port", "PORT", "Port of the service");
const TAG: Flag = Flag::repeated("tag", "TAG", "Tag of the service; repeatable");
const META: Flag = Flag::repeated("meta", "KEY=VALUE", "Metadata of the service; repeatable");
const TAGGED_ADDRESS: Flag =
    Flag::repeated("tagged-address", "TAG=HOST:PORT", "Tagged address of the service; repeatable");
const OLD_ID: Flag = Flag::text("id", "ID", "ID of the service to deregister");

/// The commands.
pub const COMMANDS: &[Companion] = &[
    Companion {
        path: &["services", "register"],
        about: "Register services with the agent, as `consul services register`",
        usage: "termgate services register [flags] (FILE... | -name NAME)",
        summary: "Registers services with the local agent: those of service definition files, or one of flags.",
        flags: &[KIND, ID, NAME, ADDRESS, PORT, TAG, META, TAGGED_ADDRESS],
        examples: &[
            "termgate services register -name billing -port 8080",
            "termgate services register -kind terminating-gateway -name gw -port 8443",
        ],
        run: register,
    },
    Companion {
        path: &["services", "deregister"],
        about: "Deregister services from the agent, as `consul services deregister`",
        usage: "termgate services deregister [flags] (FILE... | -id ID)",
        summary: "Deregisters services from the local agent: those of service definition files, or one by its ID.",
        flags: &[OLD_ID],
        examples: &["termgate services deregister -id billing"],
        run: deregister,
    },
];

fn register(call: &Call<'_>) -> Result<u8, Failure> {
    let pairs = |flag: &Flag| {
        let pair = |text: &String| {
            let pair = text.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
            pair.ok_or_else(|| {
                let reason = format!("Missing \"=\" value in argument: {text}");
                call.wrong_usage(format!("invalid value {text:?} for flag -{}: {reason}", flag.name))
            })
        };
        call.all(flag).iter().map(pair).collect::<Result<Vec<_>, _>>()
    };
    let (meta, tagged) = (pairs(&META)?, pairs(&TAGGED_ADDRESS)?);
    let name = call.typed(&NAME).unwrap_or_default();
    match (name, call.words()) {
        ("", []) => Err(call.wrong_usage("Service registration requires at least one argument or flags.")),
        ("", files) => {
            let bodies = local::read(files, &|line| call.report().printer().stderr(line))?;
            let agent = call.agent()?;
            for body in bodies {
                local::register(&agent, &body, &|line| call.print(line))?;
            }
            Ok(0)
        }
        (name, []) => {
            let text = |flag| call.typed(flag).unwrap_or_default();
            let registration = Registration {
                kind: text(&KIND),
                id: text(&ID),
                name,
                address: text(&ADDRESS),
                port: call.integer(&PORT),
                tags: call.all(&TAG),
                meta: &meta,
                tagged: &tagged,
            };
            let body = local::of_flags(&registration).map_err(|message| call.wrong_usage(message))?;
            local::register(&call.agent()?, &body, &|line| call.print(line))?;
            Ok(0)
        }
        _ => Err(call.wrong_usage("Service registration requires arguments or -id, not both.")),
    }
}

fn deregister(call: &Call<'_>) -> Result<u8, Failure> {
    let ids = match (call.typed(&OLD_ID).unwrap_or_default(), call.words()) {
        ("", []) => {
            let message = "Service deregistration requires at least one argument or -id.";
            return Err(call.wrong_usage(message));
        }
        ("", files) => {
            let bodies = local::read(files, &|line| call.report().printer().stderr(line))?;
            bodies.iter().map(local::id_of).collect()
        }
        (id, []) => vec![id.to_owned()],
        _ => return Err(call.wrong_usage("Service deregistration requires arguments or -id, not both.")),
    };
    let agent = call.agent()?;
    for id in ids {
        call.print(local::deregister(&agent, &id)?);
    }
    Ok(0)
}

/// Whose grammar a command line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// Consul's: services of the local agent.
    Consuls,
    /// termgate's own: external services in the catalog.
    Own,
    /// Both, or neither: a wrong guess would register in the wrong place.
    Unclear,
}

/// Flags that take no value, in either grammar.
const SWITCHES: &[&str] = &["stale", "dry-run", "strict", "h", "help"];
/// Flags that only Consul's grammar has, or that decide for it.
const CONSULS: &[&str] = &["name", "id", "kind", "tagged-address"];
/// Flags that only termgate's own grammar has.
const OWN: &[&str] = &["node", "instance-id", "dry-run", "output", "strict", "suppress", "timeout"];

/// Whose grammar the words after `services register` or `services deregister` are in; whether a flag has one dash or two
/// decides nothing.
pub fn meant(words: &[OsString], registers: bool) -> Meant {
    let (mut flags, mut positionals) = (Vec::new(), Vec::new());
    let mut rest = words.iter().map(|word| word.to_string_lossy());
    while let Some(word) = rest.next() {
        if word == "--" {
            positionals.extend(rest.by_ref());
            break;
        }
        let Some(name) = word.strip_prefix('-').filter(|name| !name.is_empty()) else {
            positionals.push(word);
            continue;
        };
        let name = name.strip_prefix('-').unwrap_or(name);
        let (name, has_value) = name.split_once('=').map_or((name, false), |(name, _)| (name, true));
        if !has_value && !SWITCHES.contains(&name) {
            rest.next();
        }
        flags.push(name.to_owned());
    }
    let has = |names: &[&str]| flags.iter().any(|flag| names.contains(&flag.as_str()));
    let has_address = has(&["address"]);
    let is_file = |path: &str| {
        let path = Path::new(path);
        // A folder of the service's name is hardly meant where its address is given.
        path.is_file() || (!has_address && path.is_dir())
    };
    let are_files = !positionals.is_empty() && positionals.iter().all(|path| is_file(path));
    let is_consuls = has(CONSULS) || are_files;
    let is_named = positionals.len() == 1 && !are_files && (has_address || !registers);
    match (is_consuls, is_named) {
        _ if positionals.is_empty() && has(&["h", "help"]) && !is_consuls => Meant::Own,
        // Consul's grammar has neither this flag nor a name before it.
        (true, true) if has(OWN) && !has(&["name", "kind", "tagged-address"]) => Meant::Own,
        (true, false) => Meant::Consuls,
        (false, true) => Meant::Own,
        (true, true) | (false, false) => Meant::Unclear,
    }
}

/// What is said where the grammar is unclear: both forms.
pub fn unclear(registers: bool) -> Failure {
    let (verb, consuls, own, place) = if registers {
        ("register", "(FILE... | -name NAME)", "NAME --address HOST --port PORT", "in")
    } else {
        ("deregister", "(FILE... | -id ID)", "NAME [--instance-id ID]", "from")
    };
    let from = if registers { "with" } else { "from" };
    let failure = Failure::new(format!(
        "error: cannot {verb} services: it is unclear whether the local agent or the catalog is meant"
    ));
    Failure {
        details: Some(format!(
            "  termgate services {verb} {consuls}  {from} the local agent, as `consul services {verb}`\n  \
             termgate services {verb} {own}  {place} the catalog, for services outside the mesh\n"
        )),
        ..failure
    }
    .hint("use one of the two forms; --instance-id gives an external service another ID than its name")
    .code(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant_by(line: &str, registers: bool) -> Meant {
        let words: Vec<OsString> =
            line.split(' ').filter(|word| !word.is_empty()).map(OsString::from).collect();
        meant(&words, registers)
    }

    #[test]
    fn the_grammar_of_a_registration_is_decided_by_name_file_and_address() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("web.json");
        std::fs::write(&file, "{}").unwrap();
        let (file, folder) = (file.display(), folder.path().display());
        for (line, expected) in [
            ("-name=web -port 80".to_owned(), Meant::Consuls),
            ("--name web --address 10.0.0.1".to_owned(), Meant::Consuls),
            ("-id web".to_owned(), Meant::Consuls),
            ("--kind=terminating-gateway".to_owned(), Meant::Consuls),
            (format!("{file}"), Meant::Consuls),
            (format!("-http-addr 127.0.0.1:8500 {file} {file}"), Meant::Consuls),
            (format!("{folder}"), Meant::Consuls),
            (format!("{file} --address 10.0.0.1"), Meant::Consuls),
            ("web --address 10.0.0.1 --port 80".to_owned(), Meant::Own),
            ("-address 10.0.0.1 -port 80 web".to_owned(), Meant::Own),
            ("web -address=10.0.0.1".to_owned(), Meant::Own),
            ("web --address 10.0.0.1 --id web-2 --node outside".to_owned(), Meant::Own),
            ("web --address 10.0.0.1 --instance-id web-2".to_owned(), Meant::Own),
            ("--help".to_owned(), Meant::Own),
            ("web --address 10.0.0.1 -id web-2".to_owned(), Meant::Unclear),
            ("web --address 10.0.0.1 --name web".to_owned(), Meant::Unclear),
            ("web --address 10.0.0.1 --name web --node x".to_owned(), Meant::Unclear),
            ("web".to_owned(), Meant::Unclear),
            ("nosuch.json".to_owned(), Meant::Unclear),
            (format!("{file} nosuch.json"), Meant::Unclear),
            ("a b --address 10.0.0.1".to_owned(), Meant::Unclear),
            ("--address 10.0.0.1".to_owned(), Meant::Unclear),
            (String::new(), Meant::Unclear),
        ] {
            assert_eq!(meant_by(&line, true), expected, "{line}");
        }
        for (line, expected) in [
            ("web".to_owned(), Meant::Own),
            ("web --node outside".to_owned(), Meant::Own),
            ("-id=web".to_owned(), Meant::Consuls),
            ("--id web".to_owned(), Meant::Consuls),
            (format!("{file}"), Meant::Consuls),
            ("web --id web-2".to_owned(), Meant::Unclear),
            ("web --id web-2 --node outside".to_owned(), Meant::Own),
            ("a b".to_owned(), Meant::Unclear),
            (String::new(), Meant::Unclear),
        ] {
            assert_eq!(meant_by(&line, false), expected, "{line}");
        }
    }
}
