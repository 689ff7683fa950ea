//! What a flag is. Each is defined once, as a constant of the settings that it belongs to; both grammars, help,
//! completions and man pages are made from these.

/// How a command line is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grammar {
    /// termgate's own: `--ca-file`.
    #[default]
    Modern,
    /// Consul's, which is that of Go's `flag` package: `-ca-file`.
    Consul,
}

impl Grammar {
    /// A flag as this grammar writes it.
    pub fn spell(self, name: &str) -> String {
        match self {
            Self::Modern => format!("--{name}"),
            Self::Consul => format!("-{name}"),
        }
    }
}

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing; in Consul's grammar `=true` or `=false` may follow.
    Switch,
    /// Any text; the last one counts.
    Text,
    /// A text that must not be seen.
    Secret,
    /// A whole number.
    Integer,
    /// A whole number without a sign.
    Unsigned,
    /// A duration in Go's notation (`1h30m`, `250ms`); in the modern grammar also whole seconds.
    Duration,
    /// Any text; all of them count.
    Repeated,
    /// One of these words, each with what it means (empty where the word says it).
    Choice(&'static [(&'static str, &'static str)]),
}

/// The definition of a flag.
#[derive(Debug, Clone, Copy)]
pub struct Flag {
    /// Name without dashes, unique among the flags of a command.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What its value is called in the help, in capitals; empty for [`Kind::Switch`].
    pub value: &'static str,
    /// One line of help without a full stop. A flag in it is written with two dashes.
    pub help: &'static str,
    /// More sentences for the long help.
    pub details: &'static str,
    /// The environment variable behind it. The drop-in commands know Consul's only.
    pub variable: Option<&'static str>,
    /// What counts without flag and variable, as the help shows it.
    pub default: &'static str,
    /// The short form of the modern grammar.
    pub short: Option<char>,
    /// The flag without which it has no effect; the modern grammar refuses it then.
    pub needs: Option<&'static str>,
    /// The flag that it contradicts; the modern grammar refuses both.
    pub conflicts: Option<&'static str>,
    /// Another name in the modern grammar.
    pub alias: Option<&'static str>,
    /// An earlier name in the modern grammar: hidden, and with a warning.
    pub formerly: Option<Former>,
}

/// An earlier name of a flag, which is a flag of its own to the parser.
#[derive(Debug, Clone, Copy)]
pub struct Former {
    /// Without dashes.
    pub name: &'static str,
    /// What the parser calls it.
    pub id: &'static str,
}

impl Flag {
    const fn new(name: &'static str, kind: Kind, value: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind,
            value,
            help,
            details: "",
            variable: None,
            default: "",
            short: None,
            needs: None,
            conflicts: None,
            alias: None,
            formerly: None,
        }
    }

    /// A flag with a text.
    pub const fn text(name: &'static str, value: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Text, value, help)
    }

    /// A flag with a secret.
    pub const fn secret(name: &'static str, value: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Secret, value, help)
    }

    /// A flag that is on or off.
    pub const fn switch(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Switch, "", help)
    }

    /// A flag with a whole number.
    pub const fn integer(name: &'static str, value: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Integer, value, help)
    }

    /// A flag with a whole number without a sign.
    pub const fn unsigned(name: &'static str, value: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Unsigned, value, help)
    }

    /// A flag with a duration.
    pub const fn duration(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Duration, "DURATION", help)
    }

    /// A flag that may be given several times.
    pub const fn repeated(name: &'static str, value: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Repeated, value, help)
    }

    /// A flag with one of a few words.
    pub const fn choice(
        name: &'static str,
        value: &'static str,
        words: &'static [(&'static str, &'static str)],
        help: &'static str,
    ) -> Self {
        Self::new(name, Kind::Choice(words), value, help)
    }

    /// With more for the long help.
    #[must_use]
    pub const fn details(self, details: &'static str) -> Self {
        Self { details, ..self }
    }

    /// With an environment variable.
    #[must_use]
    pub const fn variable(self, variable: &'static str) -> Self {
        Self { variable: Some(variable), ..self }
    }

    /// With a default, as the help shows it.
    #[must_use]
    pub const fn default(self, default: &'static str) -> Self {
        Self { default, ..self }
    }

    /// With a short form.
    #[must_use]
    pub const fn short(self, short: char) -> Self {
        Self { short: Some(short), ..self }
    }

    /// With the name of a flag that it needs.
    #[must_use]
    pub const fn needs(self, name: &'static str) -> Self {
        Self { needs: Some(name), ..self }
    }

    /// With the name of a flag that it contradicts.
    #[must_use]
    pub const fn conflicts(self, name: &'static str) -> Self {
        Self { conflicts: Some(name), ..self }
    }

    /// With another name.
    #[must_use]
    pub const fn alias(self, name: &'static str) -> Self {
        Self { alias: Some(name), ..self }
    }

    /// With an earlier name; `id` is unique among the flags of a command.
    #[must_use]
    pub const fn formerly(self, name: &'static str, id: &'static str) -> Self {
        Self { formerly: Some(Former { name, id }), ..self }
    }

    /// The variable that counts in a grammar.
    pub fn variable_in(&self, grammar: Grammar) -> Option<&'static str> {
        self.variable.filter(|name| grammar == Grammar::Modern || !name.starts_with("TERMGATE_"))
    }

    /// The help with its variable and default, flags written as the grammar does.
    pub fn help_in(&self, grammar: Grammar) -> String {
        let mut text = self.help.to_owned();
        if let Some(variable) = self.variable_in(grammar) {
            text = format!("{text} [env: {variable}]");
        }
        if !self.default.is_empty() {
            text = format!("{text} [default: {}]", self.default);
        }
        in_grammar(text, grammar)
    }

    /// The details, flags written as the grammar does.
    pub fn details_in(&self, grammar: Grammar) -> String {
        in_grammar(self.details.to_owned(), grammar)
    }
}

fn in_grammar(text: String, grammar: Grammar) -> String {
    match grammar {
        Grammar::Modern => text,
        Grammar::Consul => text.replace("--", "-"),
    }
}

/// Flags that belong together under one heading of the help.
pub trait Group {
    const HEADING: &'static str;
    /// The flags, in the order of the help.
    const FLAGS: &'static [Flag];
    /// A flag's name on the command line, where this group names it otherwise.
    fn spelled(flag: &Flag) -> &'static str {
        flag.name
    }
}
