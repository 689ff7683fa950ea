//! Which streams take colour: one rule for every command.

use crate::settings::env::{self, Env};

/// When output is coloured, as `--color` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColourChoice {
    /// On terminals, unless the environment says otherwise.
    #[default]
    Auto,
    /// In files and pipes, too.
    Always,
    /// Nowhere.
    Never,
}

impl ColourChoice {
    /// Whether a stream takes colour: the flag decides, then `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR=0`, `TERM=dumb`,
    /// and last whether the stream is a terminal.
    pub fn colours(self, env: &dyn Env, is_terminal: bool) -> bool {
        let says = |name, value: &str| env.get(name).is_some_and(|text| text == value);
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if env.get(env::NO_COLOR).is_some() => false,
            Self::Auto if env.get(env::CLICOLOR_FORCE).is_some_and(|text| text != "0") => true,
            Self::Auto => is_terminal && !says(env::CLICOLOR, "0") && !is_dumb(env),
        }
    }
}

/// Whether the terminal cannot move its cursor or change its colours.
pub fn is_dumb(env: &dyn Env) -> bool {
    env.get(env::TERM).is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::ColourChoice::{self, Always, Auto, Never};

    #[test]
    fn the_flag_comes_before_the_environment_and_the_environment_before_the_terminal() {
        // The last column: whether a file and a terminal take colour.
        let table: &[(ColourChoice, &str, (bool, bool))] = &[
            (Auto, "", (false, true)),
            (Auto, "TERM=xterm", (false, true)),
            (Auto, "TERM=dumb", (false, false)),
            (Auto, "CLICOLOR=0", (false, false)),
            (Auto, "CLICOLOR=1", (false, true)),
            (Auto, "CLICOLOR=1 TERM=dumb", (false, false)),
            (Auto, "CLICOLOR_FORCE=1", (true, true)),
            (Auto, "CLICOLOR_FORCE=yes", (true, true)),
            (Auto, "CLICOLOR_FORCE=0", (false, true)),
            (Auto, "CLICOLOR_FORCE=", (false, true)),
            (Auto, "CLICOLOR_FORCE=1 TERM=dumb", (true, true)),
            (Auto, "CLICOLOR_FORCE=1 CLICOLOR=0", (true, true)),
            (Auto, "NO_COLOR=1", (false, false)),
            (Auto, "NO_COLOR=0", (false, false)),
            (Auto, "NO_COLOR=", (false, true)),
            (Auto, "NO_COLOR=1 CLICOLOR_FORCE=1", (false, false)),
            (Always, "", (true, true)),
            (Always, "NO_COLOR=1 TERM=dumb CLICOLOR=0", (true, true)),
            (Never, "", (false, false)),
            (Never, "CLICOLOR_FORCE=1", (false, false)),
        ];
        for (choice, variables, expected) in table {
            let env: BTreeMap<String, String> = variables
                .split_whitespace()
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            let colours = (choice.colours(&env, false), choice.colours(&env, true));
            assert_eq!(colours, *expected, "{choice:?} {variables}");
        }
    }
}
