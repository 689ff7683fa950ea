//! What messages call the flags of a command line.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::flag::{Flag, Grammar};
use super::options::Options;

/// The name of each of some flags as a person changes it, for messages long after the command line was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    spelled: BTreeMap<&'static str, String>,
    names: BTreeMap<&'static str, String>,
}

impl Origins {
    /// The origins of `flags`.
    pub fn of<'a>(options: &Options<'_>, flags: impl IntoIterator<Item = &'a Flag>) -> Self {
        let mut origins = Self::default();
        for flag in flags {
            origins.spelled.insert(flag.name, options.spell(flag));
            origins.names.insert(flag.name, options.name(flag));
        }
        origins
    }

    /// What a person changes: the flag if it was given, else the variable if it is set, else either.
    pub fn name(&self, flag: &Flag) -> String {
        self.names.get(flag.name).cloned().unwrap_or_else(|| self.spell(flag))
    }

    /// The flag as the command line writes it.
    pub fn spell(&self, flag: &Flag) -> String {
        self.spelled.get(flag.name).cloned().unwrap_or_else(|| Grammar::Modern.spell(flag.name))
    }
}

/// What messages call the flags of one command line.
///
/// The core does not know where its settings come from: its messages name a flag as the modern grammar writes it. This
/// makes the name the one that was typed, or that of the variable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(Rc<[(&'static str, String)]>);

impl Names {
    /// The names of `flags`, each with what the core calls it.
    pub fn of<'a>(options: &Options<'_>, flags: impl IntoIterator<Item = (&'a Flag, &'static str)>) -> Self {
        let named = flags.into_iter().map(|(flag, core)| {
            (core, options.origin(flag).map_or_else(|| options.spell(flag), |origin| origin.to_string()))
        });
        Self(named.collect())
    }

    /// A message with these names.
    pub fn apply(&self, text: &str) -> String {
        let mut named = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("--") {
            let (before, flag) = rest.split_at(start);
            named += before;
            let end = flag.find(|character: char| !is_of_name(character)).unwrap_or(flag.len());
            let (flag, after) = flag.split_at(end);
            let is_word = !before.ends_with(is_of_name);
            let name = self.0.iter().find(|(core, _)| is_word && flag.strip_prefix("--") == Some(*core));
            named += name.map_or(flag, |(_, name)| name);
            rest = after;
        }
        named + rest
    }
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::options::Typed;

    #[test]
    fn messages_name_settings_as_typed() {
        const BIND: Flag = Flag::text("admin-bind", "ADDRESS", "").variable("TERMGATE_ADMIN_BIND");
        const ID: Flag = Flag::text("proxy-id", "ID", "");
        let flags = [(&BIND, "admin-bind"), (&ID, "service-id")];
        let apply = |grammar, typed: &Typed, variable: &str, text: &str| {
            let env = BTreeMap::from([("TERMGATE_ADMIN_BIND".to_owned(), variable.to_owned())]);
            Names::of(&Options::new(grammar, typed, &env), flags).apply(text)
        };
        let none = Typed::default();
        let text = "--admin-bind: `x` (--service-id), not --admin-binding, x--admin-bind or --";
        assert_eq!(apply(Grammar::Modern, &none, "", "--admin-bind: x"), "--admin-bind: x");
        assert_eq!(apply(Grammar::Modern, &none, "set", "--admin-bind: x"), "TERMGATE_ADMIN_BIND: x");
        let typed = Typed::default().given(&BIND, "typed");
        assert_eq!(apply(Grammar::Modern, &typed, "set", "--admin-bind: x"), "--admin-bind: x");
        assert_eq!(
            apply(Grammar::Consul, &none, "set", text),
            "-admin-bind: `x` (-proxy-id), not --admin-binding, x--admin-bind or --"
        );
    }
}
