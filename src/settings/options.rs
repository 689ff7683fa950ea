//! What was given on a command line, in either grammar, with the environment behind it: flag, else variable, else nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::env::{self, Env, NotABoolean};
use super::flag::{Flag, Grammar};
use super::given::{Given, Invalid, Origin};
use crate::finding::{Code, Finding};
use crate::go::strconv::{parse_bool, parse_int, parse_uint};

/// The flags of one command line, each by the name of its definition.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Typed {
    values: BTreeMap<&'static str, Vec<String>>,
    /// Names on the command line, of flags that this command names otherwise.
    spelled: BTreeMap<&'static str, &'static str>,
    /// Earlier names that were typed, each with the present one.
    former: Vec<(&'static str, String)>,
}

impl Typed {
    /// Adds the values of a flag.
    pub fn insert(&mut self, name: &'static str, values: impl IntoIterator<Item = String>) {
        self.values.entry(name).or_default().extend(values);
    }

    /// With a flag.
    #[must_use]
    pub fn given(mut self, flag: &Flag, value: impl Into<String>) -> Self {
        self.insert(flag.name, [value.into()]);
        self
    }

    /// Says that this command calls the flag `name` otherwise.
    pub fn spell(&mut self, name: &'static str, spelled: &'static str) {
        self.spelled.insert(name, spelled);
    }

    /// Notes that the flag `present` was typed by its earlier name.
    pub fn note_former(&mut self, former: &'static str, present: String) {
        self.former.push((former, present));
    }

    /// With the flags of another group.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.values.extend(other.values);
        self.spelled.extend(other.spelled);
        self.former.extend(other.former);
        self
    }
}

/// Values can be secrets.
impl fmt::Debug for Typed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.values.keys()).finish()
    }
}

/// A command line with the environment behind it.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    grammar: Grammar,
    typed: &'a Typed,
    env: &'a dyn Env,
}

impl<'a> Options<'a> {
    /// The flags of a command line in `grammar`, with the variables of `env`.
    pub fn new(grammar: Grammar, typed: &'a Typed, env: &'a dyn Env) -> Self {
        Self { grammar, typed, env }
    }

    /// The grammar of the command line.
    pub fn grammar(&self) -> Grammar {
        self.grammar
    }

    /// The environment.
    pub fn env(&self) -> &'a dyn Env {
        self.env
    }

    /// A flag as this command line would have it.
    pub fn spell(&self, flag: &Flag) -> String {
        self.grammar.spell(self.typed.spelled.get(flag.name).copied().unwrap_or(flag.name))
    }

    /// Where a setting comes from, if it is given.
    pub fn origin(&self, flag: &Flag) -> Option<Origin> {
        if self.typed(flag).is_some_and(|text| !text.is_empty()) {
            return Some(Origin::Flag(self.spell(flag)));
        }
        flag.variable_in(self.grammar).filter(|name| self.env.get(name).is_some()).map(Origin::Variable)
    }

    /// What a person changes: where the setting comes from, else the flag or its variable.
    pub fn name(&self, flag: &Flag) -> String {
        match (self.origin(flag), flag.variable_in(self.grammar)) {
            (Some(origin), _) => origin.to_string(),
            (None, Some(variable)) => format!("{} or {variable}", self.spell(flag)),
            (None, None) => self.spell(flag),
        }
    }

    /// Whether a flag was typed, with an empty text too.
    pub fn is_typed(&self, flag: &Flag) -> bool {
        self.typed.values.contains_key(flag.name)
    }

    /// The last text of a flag, as typed.
    pub fn typed(&self, flag: &Flag) -> Option<&'a str> {
        self.typed.values.get(flag.name)?.last().map(String::as_str)
    }

    /// Every text of a flag that may be repeated.
    pub fn all(&self, flag: &Flag) -> &'a [String] {
        self.typed.values.get(flag.name).map_or(&[], Vec::as_slice)
    }

    /// The text of a flag, else of its variable. An empty one counts as not given.
    pub fn text(&self, flag: &Flag) -> Option<Given<String>> {
        let origin = self.origin(flag)?;
        let value = match origin {
            Origin::Variable(name) => self.env.get(name)?,
            _ => self.typed(flag)?.to_owned(),
        };
        Some(Given { value, origin })
    }

    /// The same without its origin.
    pub fn plain(&self, flag: &Flag) -> Option<String> {
        self.text(flag).map(|given| given.value)
    }

    /// The same as a path.
    pub fn path(&self, flag: &Flag) -> Option<PathBuf> {
        self.plain(flag).map(PathBuf::from)
    }

    /// The same, read by a function whose failure names the flag or the variable.
    pub fn parsed<T, E: fmt::Display>(
        &self,
        flag: &Flag,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<Given<T>>, Invalid> {
        self.text(flag).map(|given| given.parse(read)).transpose()
    }

    /// Every part of a repeatable flag, or of its variable, separated by commas.
    pub fn list<T, E: fmt::Display>(
        &self,
        flag: &Flag,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, Invalid> {
        let Some(Given { value, origin }) = self.text(flag) else { return Ok(Vec::new()) };
        let texts = if self.is_typed(flag) { self.all(flag).to_vec() } else { vec![value] };
        let parts =
            texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|part| !part.is_empty());
        let read =
            |part| read(part).map_err(|error| Invalid { origin: origin.clone(), reason: error.to_string() });
        parts.map(read).collect()
    }

    /// A duration: in Go's notation, in the modern grammar also in whole seconds.
    pub fn duration(&self, flag: &Flag) -> Result<Option<Duration>, Invalid> {
        Ok(self.parsed(flag, |text| duration(text, self.grammar))?.map(|given| given.value))
    }

    /// A whole number in Go's notation.
    pub fn integer(&self, flag: &Flag) -> Result<Option<i64>, Invalid> {
        let read = |text: &str| parse_int(text, 64).map_err(|_| format!("`{text}` is not a whole number"));
        Ok(self.parsed(flag, read)?.map(|given| given.value))
    }

    /// A whole number without a sign in Go's notation.
    pub fn unsigned(&self, flag: &Flag) -> Result<Option<u64>, Invalid> {
        let read = |text: &str| parse_uint(text, 64).map_err(|_| format!("`{text}` is not a whole number"));
        Ok(self.parsed(flag, read)?.map(|given| given.value))
    }

    /// Whether a switch is on, by its flag or else by its variable.
    pub fn is_on(&self, flag: &Flag) -> Result<bool, NotABoolean> {
        if let Some(text) = self.typed(flag) {
            return Ok(parse_bool(text).unwrap_or_default());
        }
        let Some(variable) = flag.variable_in(self.grammar) else { return Ok(false) };
        env::is_on(self.env, variable)
    }

    /// Earlier names of flags that were typed.
    pub fn former_names(&self) -> impl Iterator<Item = Finding> + '_ {
        self.typed.former.iter().map(|(former, present)| {
            let message =
                format!("--{former} is now called {present}; the old name goes away in termgate 0.2");
            Finding::new(Code::DeprecatedFlag, format!("--{former}"), message)
        })
    }
}

/// Reads a duration; a negative one is over at once, as in Go.
fn duration(text: &str, grammar: Grammar) -> Result<Duration, String> {
    if grammar == Grammar::Modern
        && let Ok(seconds) = text.parse::<u64>()
    {
        return Ok(Duration::from_secs(seconds));
    }
    let invalid = || format!("`{text}` is not a duration such as 500ms, 30s or 5m");
    let nanoseconds = crate::go::duration::parse(text).map_err(|_| invalid())?;
    match u64::try_from(nanoseconds) {
        Ok(nanoseconds) => Ok(Duration::from_nanos(nanoseconds)),
        Err(_) if grammar == Grammar::Consul => Ok(Duration::from_nanos(1)),
        Err(_) => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Flag = Flag::duration("wait", "Wait").variable("TERMGATE_WAIT");
    const ADDRESS: Flag = Flag::text("http-addr", "ADDRESS", "Address").variable("CONSUL_HTTP_ADDR");

    fn typed(name: &'static str, value: &str) -> Typed {
        let mut typed = Typed::default();
        typed.insert(name, [value.to_owned()]);
        typed
    }

    #[test]
    fn a_flag_beats_its_variable_and_each_is_named_as_it_was_given() {
        let env = BTreeMap::from([("CONSUL_HTTP_ADDR".to_owned(), "variable".to_owned())]);
        let flag = typed("http-addr", "flag");
        for (grammar, name) in [(Grammar::Modern, "--http-addr"), (Grammar::Consul, "-http-addr")] {
            let given = Options::new(grammar, &flag, &env).text(&ADDRESS).unwrap();
            assert_eq!((given.value.as_str(), given.origin.to_string().as_str()), ("flag", name));
            let none = Typed::default();
            let options = Options::new(grammar, &none, &env);
            assert_eq!(options.name(&ADDRESS), "CONSUL_HTTP_ADDR");
            assert_eq!(options.plain(&ADDRESS).as_deref(), Some("variable"));
            let empty = typed("http-addr", "");
            assert_eq!(Options::new(grammar, &empty, &env).name(&ADDRESS), "CONSUL_HTTP_ADDR");
            let unset = BTreeMap::new();
            let name = format!("{name} or CONSUL_HTTP_ADDR");
            assert_eq!(Options::new(grammar, &none, &unset).name(&ADDRESS), name);
        }
    }

    #[test]
    fn a_flag_is_named_as_its_command_calls_it() {
        let mut typed = typed("http-addr", "");
        typed.spell("http-addr", "agent-addr");
        let env = BTreeMap::new();
        assert_eq!(Options::new(Grammar::Modern, &typed, &env).spell(&ADDRESS), "--agent-addr");
    }

    #[test]
    fn variables_of_termgate_do_not_count_in_consuls_grammar() {
        let env = BTreeMap::from([("TERMGATE_WAIT".to_owned(), "5".to_owned())]);
        let none = Typed::default();
        assert_eq!(
            Options::new(Grammar::Modern, &none, &env).duration(&WAIT),
            Ok(Some(Duration::from_secs(5)))
        );
        assert_eq!(Options::new(Grammar::Consul, &none, &env).duration(&WAIT), Ok(None));
    }

    #[test]
    fn durations_are_gos_or_whole_seconds() {
        let read = |text: &str, grammar| duration(text, grammar).ok();
        assert_eq!(read("1m30s", Grammar::Modern), Some(Duration::from_secs(90)));
        assert_eq!(read("0", Grammar::Modern), Some(Duration::ZERO));
        assert_eq!(read("5", Grammar::Consul), None);
        assert_eq!(read("-1s", Grammar::Consul), Some(Duration::from_nanos(1)));
        assert_eq!((read("soon", Grammar::Modern), read("-1s", Grammar::Modern)), (None, None));
    }

    #[test]
    fn a_wrong_value_is_reported_with_its_origin() {
        let env = BTreeMap::from([("TERMGATE_WAIT".to_owned(), "soon".to_owned())]);
        let error = Options::new(Grammar::Modern, &Typed::default(), &env).duration(&WAIT).unwrap_err();
        assert!(error.to_string().starts_with("TERMGATE_WAIT: `soon` is not"), "{error}");
        let error = Options::new(Grammar::Modern, &typed("wait", "later"), &env).duration(&WAIT).unwrap_err();
        assert!(error.to_string().starts_with("--wait: `later`"), "{error}");
    }

    #[test]
    fn values_are_not_shown() {
        assert!(!format!("{:?}", typed("token", "s3cret")).contains("s3cret"));
    }
}
