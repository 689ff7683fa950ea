//! Address templates against what go-sockaddr rendered on eleven recorded hosts, one trial a recording.
#![expect(clippy::expect_used, reason = "a broken fixture ends the run")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use termgate::testing::sockaddr::{self, Interfaces};

#[derive(Deserialize)]
struct Case {
    /// `name@world`.
    id: String,
    template: String,
    output: Option<String>,
    /// The phase in which Go fails.
    fails: Option<String>,
    /// What Go's algorithm for short lists gives, where its sort for long ones is not stable.
    insertion_sort_output: Option<String>,
    /// 1 must match; 2 depends on Go's values, so a clear refusal will do; 3 is a defect not copied.
    #[serde(default = "first_tier")]
    tier: u8,
}

fn first_tier() -> u8 {
    1
}

/// All recorded cases.
pub fn trials() -> Vec<Trial> {
    let worlds = worlds();
    fixture("cases.jsonl")
        .lines()
        .map(|line| {
            let case: Case = serde_json::from_str(line).expect("a case");
            let (_, world) = case.id.split_once('@').expect("an id with its world");
            let interfaces = worlds.get(world).expect("a recorded world").clone();
            Trial::test(format!("sockaddr::{}", case.id), move || judge(&case, &interfaces))
        })
        .collect()
}

fn judge(case: &Case, interfaces: &Interfaces) -> Result<(), Failed> {
    let rendered = sockaddr::render(&case.template, interfaces);
    let accepted = match (&rendered, &case.fails) {
        (Ok(text), None) => {
            case.tier == 3 || [&case.output, &case.insertion_sort_output].contains(&&Some(text.clone()))
        }
        (Err(error), Some(phase)) => error.phase.to_string() == *phase && !error.message.is_empty(),
        (Err(_), None) => case.tier > 1,
        (Ok(_), Some(_)) => false,
    };
    if accepted {
        return Ok(());
    }
    let expected = case.fails.as_ref().or(case.output.as_ref());
    Err(format!("{}\n  expected {expected:?}\n  rendered {rendered:?}", case.template).into())
}

/// The recorded hosts by name.
pub fn worlds() -> BTreeMap<String, Interfaces> {
    #[derive(Deserialize)]
    struct World {
        world: String,
        #[serde(flatten)]
        interfaces: serde_json::Value,
    }
    fixture("worlds.jsonl")
        .lines()
        .map(|line| {
            let world: World = serde_json::from_str(line).expect("a world");
            let interfaces =
                Interfaces::from_json(world.interfaces.to_string().as_bytes()).expect("interfaces");
            (world.world, interfaces)
        })
        .collect()
}

/// Reads a file of the recordings.
pub fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sockaddr").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
