//! `termgate doctor`: every prerequisite of a gateway, looked at.
//!
//! [`gather`] asks the agent, Envoy and this host for [`facts`]. All judgement is pure: [`examine`] gives each of the
//! [`checks`] these facts. What direct mode, the reader of entries and the reader of TLS files find is judged there, once;
//! the checks only sort it.

pub mod checks;
mod evidence;
pub mod facts;
pub mod gather;
mod group;
mod remedies;
pub mod report;
pub mod show;

pub use checks::examine;
pub use evidence::{Evidence, entry};
pub use facts::Facts;
pub use report::Report;
pub use show::{human, junit, short};

/// A word of a command line for a POSIX shell.
pub fn word(text: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_=./:,@+%".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A finding whose command only shows more: that goes into its help, because a command is what fixes it.
fn without_look(finding: crate::finding::Finding) -> crate::finding::Finding {
    match finding.command.clone() {
        None => finding,
        Some(look) => {
            let help = format!("{}; `{look}` shows more", finding.help);
            crate::finding::Finding { command: None, help, ..finding }
        }
    }
}

/// The command that registers the gateway, at `address` if one is given.
fn registering(facts: &Facts, address: Option<String>) -> String {
    let mut words = vec!["termgate register --service".to_owned(), word(&facts.name)];
    if facts.id != facts.name {
        words.extend(["--service-id".to_owned(), word(&facts.id)]);
    }
    words.extend(address.map(|address| format!("--address {address}")));
    words.join(" ")
}
