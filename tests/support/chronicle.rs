//! What happened when: notes of many threads on one clock, for what is to be explained afterwards.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::server::lock;

/// Notes on one clock, each about a subject.
pub struct Chronicle {
    start: Instant,
    notes: Mutex<Vec<Note>>,
}

struct Note {
    at: Duration,
    about: String,
    text: String,
}

impl Chronicle {
    /// An empty one; its clock starts now.
    pub fn start() -> Self {
        Self { start: Instant::now(), notes: Mutex::new(Vec::new()) }
    }

    /// The time since its start.
    pub fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Notes what has just happened to a subject.
    pub fn note(&self, about: &str, text: impl Into<String>) {
        let (about, text) = (about.to_owned(), text.into());
        // The time is taken under the lock, so that the notes are in order.
        let mut notes = lock(&self.notes);
        notes.push(Note { at: self.start.elapsed(), about, text });
    }

    /// How long after `start` the notes about subjects that begin with `about` no longer contain `text`: the time until the
    /// last of them does not.
    pub fn gone_after(&self, start: Duration, about: &str, text: &str) -> Duration {
        let notes = lock(&self.notes);
        let mut gone = BTreeMap::new();
        let later = notes.iter().filter(|note| note.at > start && note.about.starts_with(about));
        for note in later.filter(|note| !note.text.contains(text)) {
            gone.entry(note.about.as_str()).or_insert(note.at.saturating_sub(start));
        }
        gone.into_values().max().unwrap_or_default()
    }

    /// The last note about each subject by this time: one line each.
    pub fn by(&self, time: Duration) -> String {
        let notes = lock(&self.notes);
        let mut last = BTreeMap::new();
        for note in notes.iter().take_while(|note| note.at <= time) {
            last.insert(note.about.as_str(), note);
        }
        let line = |note: &Note| {
            let since = time.saturating_sub(note.at).as_secs_f64();
            format!("\n    {}: {} ({since:.2} s before)", note.about, note.text)
        };
        last.into_values().map(line).collect()
    }
}
