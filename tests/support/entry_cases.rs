//! The recorded files of configuration entries.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// All cases, each with as much of its recording as `Case` asks for.
pub fn read<Case: DeserializeOwned>() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/config-entries/cases.jsonl");
    let text = std::fs::read_to_string(path).expect("the recorded cases");
    text.lines().map(|line| serde_json::from_str(line).expect("a case")).collect()
}

/// A file.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Input {
    Text(String),
    Base64(String),
    /// A large file as a recipe: its parts, joined.
    Parts(Vec<Part>),
}

/// Part of a large file.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Part {
    Text {
        text: String,
    },
    /// `{i}` is the running number.
    Repeat {
        repeat: String,
        times: usize,
        #[serde(default)]
        sep: String,
    },
}

impl Input {
    /// Its content.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Input::Text(text) => text.clone().into_bytes(),
            Input::Base64(text) => BASE64_STANDARD.decode(text).expect("base64"),
            Input::Parts(parts) => parts.iter().map(Part::text).collect::<String>().into_bytes(),
        }
    }
}

impl Part {
    fn text(&self) -> String {
        match self {
            Self::Text { text } => text.clone(),
            Self::Repeat { repeat, times, sep } => {
                let copies: Vec<String> =
                    (0..*times).map(|number| repeat.replace("{i}", &number.to_string())).collect();
                copies.join(sep)
            }
        }
    }
}
