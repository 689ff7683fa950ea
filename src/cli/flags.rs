//! Flag definitions in clap's grammar: the same constants that Consul's grammar is made from.

use std::marker::PhantomData;

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint};

use crate::settings::flag::{Flag, Former, Grammar, Group, Kind};
use crate::settings::options::Typed;

/// The flags of a group, as they were typed.
pub struct Flags<G>(Typed, PhantomData<G>);

impl<G> Flags<G> {
    /// What was typed.
    pub fn typed(self) -> Typed {
        self.0
    }
}

impl<G> Clone for Flags<G> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<G> std::fmt::Debug for Flags<G> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<G: Group> Args for Flags<G> {
    fn augment_args(command: Command) -> Command {
        G::FLAGS.iter().fold(command, |command, flag| {
            let command = command.arg(argument::<G>(flag));
            match flag.formerly {
                Some(former) => command.arg(former_argument(flag, former)),
                None => command,
            }
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<G: Group> FromArgMatches for Flags<G> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut typed = Typed::default();
        for flag in G::FLAGS {
            let spelled = G::spelled(flag);
            for (id, former) in
                [(flag.name, None)].into_iter().chain(flag.formerly.map(|old| (old.id, Some(old))))
            {
                let values: Vec<String> = match flag.kind {
                    Kind::Switch => matches.get_flag(id).then(|| "true".to_owned()).into_iter().collect(),
                    _ => matches.get_many(id).into_iter().flatten().cloned().collect(),
                };
                if values.is_empty() {
                    continue;
                }
                typed.insert(flag.name, values);
                if let Some(former) = former {
                    typed.note_former(former.name, Grammar::Modern.spell(spelled));
                }
            }
            if spelled != flag.name {
                typed.spell(flag.name, spelled);
            }
        }
        Ok(Self(typed, PhantomData))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn argument<G: Group>(flag: &Flag) -> Arg {
    let mut argument = with_action(Arg::new(flag.name), flag)
        .long(G::spelled(flag))
        .help(flag.help_in(Grammar::Modern))
        .help_heading(G::HEADING);
    if !flag.details.is_empty() {
        argument = argument.long_help(format!("{}\n\n{}", flag.help_in(Grammar::Modern), flag.details));
    }
    if let Some(short) = flag.short {
        argument = argument.short(short);
    }
    if let Some(needed) = flag.needs {
        argument = argument.requires(needed);
    }
    if let Some(other) = flag.conflicts {
        argument = argument.conflicts_with(other);
    }
    if let Some(alias) = flag.alias {
        argument = argument.visible_alias(alias);
    }
    argument
}

/// A flag of Consul's grammar as completions and man pages show it, under a name that has its one dash.
pub fn documented(flag: &Flag, name: &'static str) -> Arg {
    let argument = with_action(Arg::new(flag.name), flag).long(name).help(flag.help_in(Grammar::Consul));
    match flag.details_in(Grammar::Consul) {
        details if details.is_empty() => argument,
        details => argument.long_help(format!("{}\n\n{details}", flag.help_in(Grammar::Consul))),
    }
}

/// An earlier name is an argument of its own: clap does not say which alias was typed.
fn former_argument(flag: &Flag, former: Former) -> Arg {
    with_action(Arg::new(former.id), flag).long(former.name).hide(true).conflicts_with(flag.name)
}

fn with_action(argument: Arg, flag: &Flag) -> Arg {
    let hint = match flag.value {
        "FILE" | "PATH" => ValueHint::FilePath,
        "DIR" => ValueHint::DirPath,
        _ => ValueHint::Unknown,
    };
    let valued = |argument: Arg| argument.value_name(flag.value).value_hint(hint);
    match flag.kind {
        Kind::Switch => argument.action(ArgAction::SetTrue),
        Kind::Repeated => valued(argument).action(ArgAction::Append),
        Kind::Choice(words) => {
            let word = |(word, help): &(&'static str, &'static str)| match *help {
                "" => PossibleValue::new(*word),
                help => PossibleValue::new(*word).help(help),
            };
            valued(argument).action(ArgAction::Set).value_parser(words.iter().map(word).collect::<Vec<_>>())
        }
        Kind::Text | Kind::Secret | Kind::Integer | Kind::Unsigned | Kind::Duration => {
            valued(argument).action(ArgAction::Set)
        }
    }
}
