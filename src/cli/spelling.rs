//! Consul's spelling of flags, with one dash, in the modern grammar: `-http-addr=…` means `--http-addr=…`.
//!
//! clap reads `-http-addr` as `-h` with more behind it, and would print help.

use std::ffi::{OsStr, OsString};

use clap::Command;

use crate::nearest::nearest;
use crate::settings::connect_envoy::FLAGS;

/// A flag with one dash that the modern grammar does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unexpected argument `{argument}`")]
pub struct Unknown {
    /// As it was typed.
    argument: String,
    /// What may be meant.
    meant: Meant,
}

/// What a flag that a command does not have may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meant {
    /// A flag of this command, without dashes.
    Flag(String),
    /// A flag of `connect envoy`, as typed.
    Consuls(String),
    /// Nothing known.
    Nothing,
}

impl Unknown {
    /// What to try next.
    pub fn hint(&self) -> String {
        match &self.meant {
            Meant::Flag(name) => format!("did you mean `--{name}`?"),
            Meant::Consuls(name) => {
                format!("-{name} is a flag of `termgate connect envoy`, which takes Consul's command line")
            }
            Meant::Nothing => "`termgate COMMAND --help` lists the flags of a command".to_owned(),
        }
    }
}

/// `arguments` with two dashes before each long flag of `grammar`.
pub fn respelled(
    arguments: &[OsString],
    grammar: impl FnOnce() -> Command,
) -> Result<Vec<OsString>, Unknown> {
    let is_short = |argument: &OsString| single_dashed(argument).is_some();
    if !arguments.iter().take_while(|argument| *argument != "--").any(is_short) {
        return Ok(arguments.to_vec());
    }
    let mut root = grammar();
    root.build();
    let mut command = &root;
    let mut respelled = Vec::with_capacity(arguments.len());
    let mut arguments = arguments.iter();
    respelled.extend(arguments.next().cloned());
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            respelled.push(argument.clone());
            respelled.extend(arguments.cloned());
            break;
        }
        if let Some(text) = single_dashed(argument) {
            respelled.push(respell(text, argument, command)?);
            continue;
        }
        if let Some(sub) = argument.to_str().and_then(|name| command.find_subcommand(name)) {
            command = sub;
        }
        respelled.push(argument.clone());
    }
    Ok(respelled)
}

/// What is behind the dash, if there is one dash and more than a letter.
fn single_dashed(argument: &OsString) -> Option<&str> {
    let text = OsStr::to_str(argument)?.strip_prefix('-')?;
    (!text.starts_with('-') && text.chars().nth(1).is_some()).then_some(text)
}

fn respell(text: &str, argument: &OsString, command: &Command) -> Result<OsString, Unknown> {
    let name = text.split_once('=').map_or(text, |(name, _)| name);
    let is_long = |flag: &&clap::Arg| {
        flag.get_long() == Some(name) || flag.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
    };
    if command.get_arguments().any(|flag| is_long(&flag)) {
        return Ok(format!("--{text}").into());
    }
    // Letters in a row are so many flags; the first with a value has the rest as its value.
    for letter in text.chars() {
        let flag = command.get_arguments().find(|flag| flag.get_short() == Some(letter));
        match flag.map(clap::Arg::get_action) {
            Some(action) if action.takes_values() => break,
            // Whoever writes more wants neither help nor the version.
            Some(clap::ArgAction::Help | clap::ArgAction::HelpShort | clap::ArgAction::Version) | None => {
                let longs: Vec<&str> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
                let is_consuls = FLAGS.iter().copied().flatten().any(|flag| flag.name == name);
                let meant = match nearest(name, longs.into_iter()) {
                    _ if is_consuls => Meant::Consuls(name.to_owned()),
                    Some(near) => Meant::Flag(near.to_owned()),
                    None => Meant::Nothing,
                };
                return Err(Unknown { argument: argument.to_string_lossy().into_owned(), meant });
            }
            Some(_) => {}
        }
    }
    Ok(argument.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::grammar;

    fn spelled(line: &str) -> Result<String, Unknown> {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let respelled = respelled(&arguments, grammar)?;
        Ok(respelled.iter().map(|argument| argument.to_str().unwrap()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn long_flags_with_one_dash_get_another() {
        for (line, expected) in [
            ("termgate config apply -http-addr=x:1 F", "termgate config apply --http-addr=x:1 F"),
            (
                "termgate config diff -token t -http-addr x F",
                "termgate config diff --token t --http-addr x F",
            ),
            ("termgate run -service gw -- -l info", "termgate run --service gw -- -l info"),
            ("termgate bootstrap -ofile -o file -", "termgate bootstrap -ofile -o file -"),
            ("termgate config apply -help", "termgate config apply --help"),
            ("termgate config apply -h", "termgate config apply -h"),
        ] {
            assert_eq!(spelled(line).as_deref(), Ok(expected), "{line}");
        }
    }

    #[test]
    fn help_with_more_behind_it_is_refused() {
        for (line, argument, hint) in [
            ("termgate config apply -http-adr=x F", "-http-adr=x", "did you mean `--http-addr`?"),
            ("termgate config apply -hx F", "-hx", "lists the flags"),
            ("termgate config apply -Version", "-Version", "lists the flags"),
            ("termgate config apply -zz", "-zz", "lists the flags"),
            ("termgate run -register", "-register", "flag of `termgate connect envoy`"),
            ("termgate run -gateway=terminating", "-gateway=terminating", "flag of `termgate connect envoy`"),
        ] {
            let unknown = spelled(line).unwrap_err();
            assert_eq!(unknown.argument, argument, "{line}");
            assert!(unknown.hint().contains(hint), "{line}: {}", unknown.hint());
        }
    }
}
