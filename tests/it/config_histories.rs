//! Random histories of sets of entries on the real Consul: one set is applied, then another in its place.
//!
//! Each ends with what the second set says, or is refused before anything is written, for a reason that the real Consul
//! has as well.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use crate::support::command::{Output, Termgate};
use crate::support::consul::Consul;

/// How many histories there are, unless the environment says so.
const HISTORIES: u64 = 60;

/// Second sets that are refused in a row before a history ends with that.
const REFUSED: usize = 3;

/// Kinds, dependents first.
const KINDS: [&str; 7] = [
    "ingress-gateway",
    "terminating-gateway",
    "service-router",
    "service-splitter",
    "service-resolver",
    "service-defaults",
    "proxy-defaults",
];

const SERVICES: [&str; 4] = ["a", "b", "c", "d"];
const GATEWAYS: [&str; 2] = ["g", "h"];
const SUBSETS: [&str; 3] = ["v1", "v2", "v3"];

/// Entries by kind and name.
type Set = BTreeMap<(&'static str, String), Value>;

/// Numbers that look random; the same for the same seed.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        // Neighbouring seeds shall not begin alike.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    /// Whether one of so many comes up.
    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(of.len() as u64)).unwrap_or_default();
        of.get(at).copied().unwrap_or_default()
    }
}

/// What most services of a set have in common.
struct Habits {
    protocol: &'static str,
}

impl Habits {
    fn random(random: &mut Random) -> Self {
        Self { protocol: random.pick(&["http", "http", "http2", "grpc", "tcp"]) }
    }

    fn protocol(&self, random: &mut Random) -> &'static str {
        if random.one_in(6) { random.pick(&["http", "grpc", "tcp"]) } else { self.protocol }
    }
}

fn target(random: &mut Random) -> Value {
    let mut target = Map::new();
    if !random.one_in(4) {
        target.insert("Service".to_owned(), json!(random.pick(&SERVICES)));
    }
    if random.one_in(3) {
        target.insert("ServiceSubset".to_owned(), json!(random.pick(&SUBSETS)));
    }
    Value::Object(target)
}

fn entry(kind: &str, name: &str, habits: &Habits, random: &mut Random) -> Value {
    let mut entry = json!({"Kind": kind, "Name": name});
    match kind {
        "proxy-defaults" => {
            let protocol = habits.protocol(random);
            entry["Config"] = if random.one_in(4) { json!({"a": 1}) } else { json!({"protocol": protocol}) };
        }
        "service-defaults" => {
            if !random.one_in(8) {
                entry["Protocol"] = json!(habits.protocol(random));
            }
            if random.one_in(12) {
                entry["ExternalSNI"] = json!("out.example");
            }
        }
        "service-resolver" => resolver(&mut entry, random),
        "service-splitter" => {
            let mut targets: Vec<Value> = Vec::new();
            for _ in 0..=random.below(3) {
                let target = target(random);
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
            let weights: &[f64] = match targets.len() {
                1 => &[100.0],
                2 => &[33.25, 66.75],
                _ => &[50.0, 25.0, 25.0],
            };
            for (target, weight) in targets.iter_mut().zip(weights) {
                target["Weight"] = json!(weight);
            }
            entry["Splits"] = json!(targets);
        }
        "service-router" => {
            let route = |number: u64, random: &mut Random| {
                let mut route = json!({"Match": {"HTTP": {"PathPrefix": format!("/{number}")}}});
                if !random.one_in(5) {
                    route["Destination"] = target(random);
                }
                route
            };
            let count = random.below(4);
            let routes: Vec<Value> = (0..count).map(|number| route(number, random)).collect();
            entry["Routes"] = json!(routes);
        }
        "ingress-gateway" => {
            let count = 1 + random.below(2);
            let listeners: Vec<Value> = (0..count).map(|number| listener(number, habits, random)).collect();
            entry["Listeners"] = json!(listeners);
        }
        _ => entry["Services"] = json!([{"Name": random.pick(&SERVICES)}]),
    }
    entry
}

fn resolver(entry: &mut Value, random: &mut Random) {
    let mut subsets = Map::new();
    for subset in SUBSETS {
        if random.one_in(2) {
            subsets.insert(subset.to_owned(), json!({"Filter": format!("Service.Meta.v == {subset}")}));
        }
    }
    let names: Vec<String> = subsets.keys().cloned().collect();
    if let Some(name) = names.first().filter(|_| random.one_in(4)) {
        entry["DefaultSubset"] = json!(name);
    }
    entry["Subsets"] = Value::Object(subsets);
    match random.below(6) {
        0 => {
            let mut redirect = target(random);
            redirect["Service"] = json!(random.pick(&SERVICES));
            if random.one_in(5) {
                redirect["Datacenter"] = json!("dc2");
            }
            entry["Redirect"] = redirect;
        }
        1 => {
            let mut failover = target(random);
            failover["Service"] = json!(random.pick(&SERVICES));
            if random.one_in(4) {
                failover["Datacenters"] = json!(["dc2", "dc3"]);
            }
            let of = names.first().filter(|_| random.one_in(2)).map_or("*", String::as_str);
            entry["Failover"] = json!({of: failover});
        }
        _ => {}
    }
}

fn listener(number: u64, habits: &Habits, random: &mut Random) -> Value {
    let protocol = habits.protocol(random);
    let mut services = vec![json!({"Name": random.pick(&SERVICES)})];
    if protocol != "tcp" && random.one_in(2) {
        let other = json!({"Name": random.pick(&SERVICES)});
        if !services.contains(&other) {
            services.push(other);
        }
    }
    if protocol != "tcp" && random.one_in(6) {
        services = vec![json!({"Name": "*"})];
    }
    json!({"Port": 8000 + number, "Protocol": protocol, "Services": services})
}

fn key(random: &mut Random) -> (&'static str, String) {
    let kind = random.pick(&[
        "service-defaults",
        "service-defaults",
        "service-resolver",
        "service-resolver",
        "service-splitter",
        "service-router",
        "ingress-gateway",
        "terminating-gateway",
    ]);
    let names = if kind.ends_with("gateway") { &GATEWAYS[..] } else { &SERVICES };
    (kind, random.pick(names).to_owned())
}

fn set(random: &mut Random) -> Set {
    let habits = Habits::random(random);
    let mut set = Set::new();
    // Most services say what they speak.
    for name in SERVICES {
        if !random.one_in(5) {
            let entry = entry("service-defaults", name, &habits, random);
            set.insert(("service-defaults", name.to_owned()), entry);
        }
    }
    for _ in 0..3 + random.below(6) {
        let (kind, name) = key(random);
        let entry = entry(kind, &name, &habits, random);
        set.insert((kind, name), entry);
    }
    if random.one_in(3) {
        let entry = entry("proxy-defaults", "global", &habits, random);
        set.insert(("proxy-defaults", "global".to_owned()), entry);
    }
    set
}

/// A set that grew out of another.
fn changed(set: &Set, random: &mut Random) -> Set {
    let habits = Habits::random(random);
    let mut text = json!(set.values().collect::<Vec<_>>()).to_string();
    if random.one_in(3) {
        // All services change their protocol at once.
        for protocol in ["http", "http2", "grpc", "tcp"] {
            text = text.replace(&format!("\"{protocol}\""), &format!("\"{}\"", habits.protocol));
        }
    }
    if random.one_in(4) {
        text = text.replace("\"v1\"", "\"v4\"");
    }
    let all: Vec<Value> = serde_json::from_str(&text).expect("the same in other words");
    let mut after = Set::new();
    for ((kind, name), value) in set.keys().zip(all) {
        match random.below(10) {
            0 | 1 => {}
            2 | 3 => drop(after.insert((*kind, name.clone()), entry(kind, name, &habits, random))),
            _ => drop(after.insert((*kind, name.clone()), value)),
        }
    }
    for _ in 0..random.below(3) {
        let (kind, name) = key(random);
        let entry = entry(kind, &name, &habits, random);
        after.insert((kind, name), entry);
    }
    after
}

/// Applies a set as the owner `me`, in the place of what this owner had before.
fn apply(consul: &Consul, set: &Set) -> Result<Output> {
    let text = json!(set.values().collect::<Vec<_>>()).to_string();
    let arguments = ["config", "apply", "set.json", "--owner", "me", "--prune", "--output", "json"];
    Termgate::new(arguments)?.file("set.json", text)?.consul(consul).run()
}

/// All entries that Consul has, without what the servers note.
fn stored(consul: &Consul) -> Result<Set> {
    let mut all = Set::new();
    for kind in KINDS {
        let list = consul.get(&format!("/v1/config/{kind}"))?;
        for entry in list.as_array().into_iter().flatten() {
            let mut entry = entry.clone();
            let members = entry.as_object_mut().context("an entry")?;
            for noted in ["CreateIndex", "ModifyIndex", "Meta"] {
                members.remove(noted);
            }
            let name = entry["Name"].as_str().context("a name")?.to_owned();
            all.insert((kind, name), entry);
        }
    }
    Ok(all)
}

/// Whether a stored value says what is wanted: what only one of them has is empty.
fn same(stored: &Value, wanted: &Value) -> bool {
    match (stored, wanted) {
        (Value::Object(left), Value::Object(right)) => {
            let keys = left.keys().chain(right.keys());
            keys.into_iter().all(|key| {
                same(left.get(key).unwrap_or(&Value::Null), right.get(key).unwrap_or(&Value::Null))
            })
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Null, other) | (other, Value::Null) => is_empty(other),
        (left, right) => left == right,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_empty),
        Value::Bool(true) => false,
    }
}

fn wipe(consul: &Consul) -> Result<()> {
    for _ in 0..20 {
        let all = stored(consul)?;
        if all.is_empty() {
            return Ok(());
        }
        for kind in KINDS {
            for (_, name) in all.keys().filter(|(of, _)| *of == kind) {
                consul.request("DELETE", &format!("/v1/config/{kind}/{name}"), None)?;
            }
        }
    }
    bail!("some entries cannot be deleted: {:?}", stored(consul)?)
}

/// Whether the real Consul takes the entries of a set in an order, and what it says to them once all that it takes are there.
fn refusals(consul: &Consul, set: &Set) -> Result<(bool, Vec<String>)> {
    wipe(consul)?;
    let write = |entry: &Value| -> Result<Option<String>> {
        let response = consul.request("PUT", "/v1/config", Some(entry))?;
        Ok((response.status != 200).then(|| response.text().trim().to_owned()))
    };
    let mut left: Vec<&Value> = set.values().collect();
    loop {
        let mut refused = Vec::new();
        for entry in &left {
            if write(entry)?.is_some() {
                refused.push(*entry);
            }
        }
        let is_stuck = refused.len() == left.len();
        left = refused;
        if is_stuck {
            break;
        }
    }
    let mut words: Vec<String> = Vec::new();
    for entry in set.values() {
        words.extend(write(entry)?);
    }
    Ok((left.is_empty(), words))
}

/// What became of the application of a set.
#[derive(Debug, PartialEq)]
enum Outcome {
    Applied { in_two_writes: usize },
    Refused,
}

/// Applies a set; it is there then, or nothing has changed.
fn applied(consul: &Consul, set: &Set) -> Result<Outcome> {
    let before = stored(consul)?;
    let output = apply(consul, set)?;
    let after = stored(consul)?;
    if output.code == Some(3) {
        ensure!(before == after, "refused, and written all the same: {output}");
        ensure!(!output.stderr.contains("no order of writes"), "{output}");
        let (is_taken, words) = refusals(consul, set)?;
        let is_told = |words: &String| {
            // What Consul adds of namespaces is left out, and where in a circle it begins.
            let words = words.split(", namespace=").next().unwrap_or_default();
            let words = words.split(": [").next().unwrap_or_default();
            output.stdout.contains(&words.replace('"', "\\\""))
        };
        // A set with several faults has several reasons.
        ensure!(!is_taken || words.iter().any(is_told), "Consul says {words:#?}\nbut {output}");
        return Ok(Outcome::Refused);
    }
    ensure!(output.code == Some(0), "{output}");
    let missing = set.iter().find(|(key, wanted)| !after.get(key).is_some_and(|stored| same(stored, wanted)));
    ensure!(missing.is_none() && after.len() == set.len(), "{missing:?} is not there: {after:#?}\n{output}");
    let indexes = |consul: &Consul| consul.get("/v1/config/service-defaults");
    let known = indexes(consul)?;
    let again = apply(consul, set)?;
    let lines: Vec<Value> = again.stdout.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(
        again.code == Some(0) && lines.iter().all(|line| line["action"] == "unchanged"),
        "the second time it is not the same: {again}"
    );
    ensure!(indexes(consul)? == known, "the second time writes: {again}");
    Ok(Outcome::Applied { in_two_writes: output.stdout.matches("\"part\":\"interim\"").count() })
}

/// Plays the history of a seed.
fn play(consul: &Consul, seed: u64) -> Result<Outcome> {
    let mut random = Random::new(seed);
    let mut first = set(&mut random);
    loop {
        wipe(consul)?;
        if applied(consul, &first).context("the first set")? != Outcome::Refused {
            break;
        }
        first = set(&mut random);
    }
    let mut refused = 0;
    loop {
        let second = if random.one_in(3) { set(&mut random) } else { changed(&first, &mut random) };
        let outcome = applied(consul, &second).with_context(|| {
            let shown = |set: &Set| set.values().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            format!("the second set\nfirst:\n{}\nsecond:\n{}", shown(&first), shown(&second))
        })?;
        if outcome != Outcome::Refused || refused == REFUSED {
            return Ok(outcome);
        }
        refused += 1;
        wipe(consul)?;
        applied(consul, &first).context("the first set again")?;
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "which histories a test runs")]
fn one_set_of_entries_takes_the_place_of_another_or_nothing_is_written() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seeds = match number("TERMGATE_TEST_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..number("TERMGATE_TEST_HISTORIES").unwrap_or(HISTORIES) + 1,
    };
    let (mut failed, mut refused, mut in_two_writes) = (Vec::new(), 0, 0);
    let count = seeds.end - seeds.start;
    for seed in seeds {
        match play(&consul, seed) {
            Ok(Outcome::Refused) => refused += 1,
            Ok(Outcome::Applied { in_two_writes: writes }) => in_two_writes += u64::from(writes > 0),
            Err(error) => failed.push(format!("{seed}: {error:#}")),
        }
    }
    eprintln!("{count} histories: {refused} refused, {in_two_writes} with an entry in two writes");
    ensure!(
        failed.is_empty(),
        "{} histories fail (TERMGATE_TEST_SEED=N runs one):\n{}",
        failed.len(),
        failed.join("\n")
    );
    Ok(())
}
