//! Lists of JSON values that include a user's own text (clusters, listeners, stats sinks).

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Error;
use super::json::Json;

/// A list of values, and the text of each addition as a template gets it.
#[derive(Debug)]
pub(super) struct Fragments {
    /// Key of Proxy.Config that the user's values come from.
    key: &'static str,
    items: Vec<Json>,
    texts: Vec<String>,
}

/// The one thing that is read of a user's value.
#[derive(Deserialize)]
struct Named {
    #[serde(default, alias = "Name")]
    name: String,
}

impl Fragments {
    /// An empty list for the values of `key`.
    pub(super) fn new(key: &'static str) -> Self {
        Self { key, items: Vec::new(), texts: Vec::new() }
    }

    /// A user's comma-separated JSON values under `key`.
    pub(super) fn of_user(key: &'static str, text: &str) -> Result<Vec<Value>, Error> {
        let mut fragments = Self::new(key);
        fragments.add_user_text(text)?;
        let raw = fragments.items.iter().filter_map(|item| match item {
            Json::Raw(raw) => serde_json::from_str(raw.get()).ok(),
            _ => None,
        });
        Ok(raw.collect())
    }

    /// Adds a user's comma-separated JSON values.
    ///
    /// Consul pastes the text between brackets, so that it can close them and open others; here each value must
    /// stand for itself.
    pub(super) fn add_user_text(&mut self, text: &str) -> Result<(), Error> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let expected = "a comma-separated list of JSON values, without brackets around it";
        let values: Vec<Box<RawValue>> = serde_json::from_str(&format!("[{text}]"))
            .map_err(|source| Error::ConfigJson { key: self.key, expected, source })?;
        self.items.extend(values.into_iter().map(Json::Raw));
        self.texts.push(text.to_owned());
        Ok(())
    }

    /// Adds a generated value.
    pub(super) fn push(&mut self, value: Json) {
        self.texts.push(value.compact());
        self.items.push(value);
    }

    /// Whether there is nothing in the list.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether a value of this name is in the list already; fails where one of the user's values is not an object with
    /// a text as name.
    pub(super) fn has_name(&self, wanted: &str) -> Result<bool, Error> {
        let mut found = false;
        for item in &self.items {
            found |= match item {
                Json::Object(members) => members
                    .iter()
                    .any(|(key, name)| *key == "name" && matches!(name, Json::Text(text) if text == wanted)),
                Json::Raw(raw) => {
                    let expected = "a comma-separated list of JSON objects, each with a name";
                    let named: Option<Named> = serde_json::from_str(raw.get())
                        .map_err(|source| Error::ConfigJson { key: self.key, expected, source })?;
                    named.is_some_and(|named| named.name == wanted)
                }
                _ => false,
            };
        }
        Ok(found)
    }

    /// The values in order.
    pub(super) fn values(&self) -> Vec<Json> {
        self.items.clone()
    }

    /// The text that a template gets: values with commas between them, without brackets.
    pub(super) fn template_text(&self) -> String {
        self.texts.join(",\n")
    }
}

#[cfg(test)]
mod tests {
    use super::Fragments;

    fn parsed(text: &str) -> Result<usize, String> {
        let mut fragments = Fragments::new("envoy_extra_static_clusters_json");
        fragments.add_user_text(text).map(|()| fragments.values().len()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_users_text_cannot_close_the_list_and_open_another() {
        assert_eq!(parsed(r#"{"name":"x"}, {"name":"y"}"#), Ok(2));
        assert!(parsed(r#"{"name":"x"}], "listeners": [{"name":"y"}"#).is_err());
        assert!(parsed(r#"{"name":"x"},"#).unwrap_err().contains("envoy_extra_static_clusters_json"));
    }
}
