//! Intentions as names that a client's certificate must have, for chains where Envoy's RBAC comes too late.
//!
//! Envoy's network RBAC decides at the client's first byte. Until then a denied client reads all that a server says
//! unasked, so the handshake itself must refuse it. A certificate passes with one matching name; there is no opposite
//! of a match, so that what a deny list leaves is written as an expression of its own: along the letters of the denied
//! names, each place where another name turns off. Consul: `spiffe://<trust domain>/ns/<namespace>/dc/<datacenter>/svc/
//! <service>`, outside the default partition with `ap/<partition>/` before that.

use std::collections::{BTreeMap, BTreeSet};

use super::alphabet::{Alphabet, NAME, PLAIN, any_of, escaped};
use super::names::Names;
use crate::envoy_api::{SanMatcher, SanType, StringMatcher};
use crate::intentions::{Names as SourceNames, Rules, Sources};

/// Limit on one expression, in bytes. RE2 takes programs of up to 87,000 instructions; none of these expressions has more
/// instructions than bytes.
const MAX_EXPRESSION: usize = 48 << 10;

/// Limit on all expressions of one service, in bytes: Envoy needs some 30 times as much memory for them.
const MAX_TOTAL: usize = 1 << 20;

/// Limit on the letters of all names of one service.
const MAX_LETTERS: usize = 128 << 10;

/// Limit on the letters of one expression's names: each takes some 50 bytes.
const MAX_NODES: usize = 800;

/// RE2 has a limit on nested groups of 1000; a name takes one a letter.
const MAX_NAME: usize = 400;

/// Any namespace, partition or datacenter.
const SEGMENT: &str = "[-0-9A-Z_a-z]+";

/// The expression that nothing matches.
const NOTHING: &str = r"[^\s\S]";

/// The sources are too many for Envoy, or one has too long a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

/// What a client's certificate must have one of to be let in by `rules`.
pub fn matchers(rules: &Rules<'_>, names: &Names<'_>) -> Result<Vec<SanMatcher>, TooLarge> {
    let sources = rules.sources();
    let start = names.identity_start();
    let of = |matcher| SanMatcher { san_type: SanType::Uri, matcher };
    match sources.uniform() {
        // An expression costs Envoy memory; this is next to nothing.
        Some(true) => return Ok(vec![of(StringMatcher::prefix(start))]),
        Some(false) => return Ok(vec![of(StringMatcher::regex(NOTHING))]),
        None => {}
    }
    let mut forms = Forms::default();
    forms.add_sources(&sources)?;
    let start = escaped(&start);
    let mut matchers: Vec<String> = Vec::new();
    for form in &forms.list {
        match matchers.last_mut() {
            Some(last) if last.len() + form.len() < MAX_EXPRESSION => {
                last.push('|');
                last.push_str(form);
            }
            _ => matchers.push(format!("{start}(?:{form}")),
        }
    }
    let total: usize = matchers.iter().map(String::len).sum();
    if total > MAX_TOTAL {
        return Err(TooLarge);
    }
    Ok(matchers.into_iter().map(|matcher| of(StringMatcher::regex(matcher + ")"))).collect())
}

/// Alternative expressions for what follows the trust domain.
#[derive(Debug, Default)]
struct Forms {
    list: Vec<String>,
    letters: usize,
}

impl Forms {
    fn add_sources(&mut self, sources: &Sources<'_>) -> Result<(), TooLarge> {
        let mut named: BTreeSet<&str> = sources.partitions.keys().copied().collect();
        named.insert("default");
        if sources.others {
            if !sources.partitions.contains_key("default") {
                self.add_names(&format!("ns/{SEGMENT}"), &SourceNames::all(true))?;
            }
            self.add_names(&format!("ap/{}/ns/{SEGMENT}", but(&named)), &SourceNames::all(true))?;
            // No intention names an agent or a mesh gateway.
            self.list.push(format!("(?:ap/{SEGMENT}/)?(?:agent|gateway)/[!-~]+"));
        }
        for (name, partition) in &sources.partitions {
            let start =
                if *name == "default" { "ns/".to_owned() } else { format!("ap/{}/ns/", escaped(name)) };
            for (namespace, names) in &partition.namespaces {
                self.add_names(&format!("{start}{}", escaped(namespace)), names)?;
            }
            let others = but(&partition.namespaces.keys().copied().collect());
            self.add_names(&format!("{start}{others}"), &partition.others)?;
        }
        Ok(())
    }

    fn add_names(&mut self, namespace: &str, names: &SourceNames<'_>) -> Result<(), TooLarge> {
        self.letters += names.except.iter().map(|name| name.len()).sum::<usize>();
        if self.letters > MAX_LETTERS || names.except.iter().any(|name| name.len() > MAX_NAME) {
            return Err(TooLarge);
        }
        let start = format!("{namespace}/dc/{SEGMENT}/svc/");
        match (names.others, Tree::of(&names.except)) {
            (true, tree) => tree.others(&start, &NAME, &mut self.list),
            (false, tree) => tree.members(&start, &NAME, &mut self.list),
        }
        Ok(())
    }
}

/// Any segment but these.
fn but(named: &BTreeSet<&str>) -> String {
    let mut list = Vec::new();
    Tree::of(named).others("", &PLAIN, &mut list);
    any_of(list).unwrap_or_default()
}

/// Names by their letters.
#[derive(Debug, Default)]
struct Tree {
    next: BTreeMap<u8, Tree>,
    /// Whether a name ends here.
    is_end: bool,
    /// Whether what follows stands in an expression of its own.
    is_split: bool,
}

impl Tree {
    fn of(names: &BTreeSet<&str>) -> Self {
        let mut root = Self::default();
        for name in names {
            let node = name.bytes().fold(&mut root, |node, letter| node.next.entry(letter).or_default());
            node.is_end = true;
        }
        root
    }

    /// Adds expressions for `start` and one of the names.
    fn members(mut self, start: &str, alphabet: &Alphabet, list: &mut Vec<String>) {
        let mut add = |tree: &Self, start: &str| {
            list.extend(tree.texts(alphabet, &|tree| tree.is_end).map(|text| start.to_owned() + &text));
        };
        self.split(start, alphabet, &mut add);
        add(&self, start);
    }

    /// Adds expressions for `start` and any text but the names and the empty one.
    fn others(mut self, start: &str, alphabet: &Alphabet, list: &mut Vec<String>) {
        // Three expressions: all ends in each place where a name may turn off would be much longer.
        let (any, (_, escape)) = (alphabet.any(), alphabet.but(&BTreeSet::new()));
        let mut add = |tree: &Self, start: &str| {
            list.extend(tree.turns(alphabet).map(|turns| format!("{start}{turns}{any}*")));
            let escapes = tree.texts(alphabet, &|tree| !tree.has_escape(alphabet));
            if let (Some(text), Some(escape)) = (escapes, &escape) {
                list.push(format!("{start}{text}{escape}{any}*"));
            }
            list.extend(tree.texts(alphabet, &|tree| !tree.is_end).map(|text| start.to_owned() + &text));
        };
        self.is_end = true;
        self.split(start, alphabet, &mut add);
        add(&self, start);
    }

    /// Gives large branches to `add` and takes them out; tells how many nodes are left.
    fn split(&mut self, start: &str, alphabet: &Alphabet, add: &mut dyn FnMut(&Self, &str)) -> usize {
        let start = |letter: u8| start.to_owned() + &alphabet.letter(letter);
        let below: usize =
            self.next.iter_mut().map(|(letter, tree)| tree.split(&start(*letter), alphabet, add)).sum();
        if below < MAX_NODES {
            return below + 1;
        }
        for (letter, tree) in self.next.iter_mut().filter(|(_, tree)| !tree.is_split) {
            add(tree, &start(*letter));
            *tree = Self { is_split: true, ..Self::default() };
        }
        1
    }

    fn has_escape(&self, alphabet: &Alphabet) -> bool {
        self.next.keys().any(|letter| (alphabet.is_escaped)(*letter))
    }

    /// The texts from here to each node that `counts`.
    fn texts(&self, alphabet: &Alphabet, counts: &dyn Fn(&Self) -> bool) -> Option<String> {
        if self.is_split {
            return None;
        }
        let below = self.next.iter();
        let below = below
            .filter_map(|(letter, tree)| Some(alphabet.letter(*letter) + &tree.texts(alphabet, counts)?));
        let below = any_of(below.collect());
        if counts(self) {
            Some(below.map_or_else(String::new, |below| format!("(?:{below})?")))
        } else {
            below
        }
    }

    /// The texts up to and with the first letter that no name has in that place; but for escapes where no name has one.
    fn turns(&self, alphabet: &Alphabet) -> Option<String> {
        if self.is_split {
            return None;
        }
        let (plain, escape) = alphabet.but(&self.next.keys().copied().collect());
        let escape = escape.filter(|_| self.has_escape(alphabet));
        let below = self.next.iter();
        let below =
            below.filter_map(|(letter, tree)| Some(alphabet.letter(*letter) + &tree.turns(alphabet)?));
        any_of(plain.into_iter().chain(escape).chain(below).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use regex_lite::Regex;
    use serde_json::json;

    use super::{MAX_EXPRESSION, TooLarge, matchers};
    use crate::envoy_api::{SanMatcher, StringPattern};
    use crate::intentions::Rules;
    use crate::render::names::Names;
    use crate::snapshot::{Intention, IntentionAction, ServiceName, Snapshot};

    /// The matchers for `db` where every source that is named gets the opposite of `default`.
    fn except(names: &[String], default: IntentionAction) -> Result<Vec<SanMatcher>, TooLarge> {
        let action = if default == IntentionAction::Allow { "deny" } else { "allow" };
        let mut snapshot =
            Snapshot { datacenter: "dc1".into(), default_intention: default, ..Snapshot::collecting() };
        snapshot.roots.trust_domain = "td.consul".into();
        let intention = |name: &String| {
            let intention = json!({"SourceName": name, "DestinationName": "db", "Action": action});
            serde_json::from_value::<Intention>(intention).unwrap()
        };
        snapshot.intentions = names.iter().map(intention).collect::<Vec<_>>().into();
        let destination = ServiceName { name: "db".into(), ..ServiceName::default() };
        matchers(&Rules::of(&snapshot, &destination), &Names::of(&snapshot))
    }

    fn expressions(matchers: &[SanMatcher]) -> Vec<&str> {
        matchers
            .iter()
            .map(|matcher| match &matcher.matcher.pattern {
                StringPattern::SafeRegex(matcher) => matcher.regex.as_str(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn a_short_list_is_a_short_expression() {
        let allowed = except(&["web".into(), "web-2".into()], IntentionAction::Deny).unwrap();
        assert_eq!(
            expressions(&allowed),
            [r"spiffe\:\/\/td\.consul\/(?:ns/default/dc/[-0-9A-Z_a-z]+/svc/web(?:-2)?)"]
        );
        assert!(matches!(
            &except(&[], IntentionAction::Allow).unwrap()[..],
            [SanMatcher { matcher, .. }] if matcher.pattern == StringPattern::Prefix("spiffe://td.consul/".into())
        ));
    }

    #[test]
    fn long_lists_are_several_expressions_that_say_the_same() {
        let names: Vec<String> =
            (0..1500_u32).map(|n| format!("svc-{:x}-{}", n.wrapping_mul(2_654_435_761), n % 7)).collect();
        let listed: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        for default in [IntentionAction::Allow, IntentionAction::Deny] {
            let matchers = except(&names, default).unwrap();
            let expressions = expressions(&matchers);
            assert!(default == IntentionAction::Deny || expressions.len() > 1);
            assert!(expressions.iter().all(|text| text.len() < 2 * MAX_EXPRESSION));
            let regexes: Vec<Regex> =
                expressions.iter().map(|text| Regex::new(&format!("^(?:{text})$")).unwrap()).collect();
            for name in names.iter().step_by(211) {
                for name in [
                    name.clone(),
                    format!("{name}x"),
                    name[..name.len() - 1].to_owned(),
                    name.replace("svc-", "svc-z"),
                ] {
                    let uri = format!("spiffe://td.consul/ns/default/dc/dc2/svc/{name}");
                    let passes = regexes.iter().any(|regex| regex.is_match(&uri));
                    assert_eq!(
                        passes,
                        listed.contains(name.as_str()) == (default == IntentionAction::Deny),
                        "{uri}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_list_too_long_for_envoy_is_an_error() {
        let many: Vec<String> =
            (0..20_000_u64).map(|n| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        assert_eq!(except(&many, IntentionAction::Allow), Err(TooLarge));
        assert_eq!(except(&["a".repeat(401)], IntentionAction::Deny), Err(TooLarge));
        assert!(except(&["a".repeat(400)], IntentionAction::Allow).is_ok());
    }
}
