//! What `termgate status` shows, and how often.

use std::path::PathBuf;
use std::time::Duration;

use super::connect_envoy;
use super::doctor::DoctorSettings;
use super::env;
use super::flag::{Flag, Group};
use super::options::Options;

/// `--watch`
pub const WATCH: Flag =
    Flag::switch("watch", "Keep showing it: on a terminal as a live view, else a line per change")
        .details(
            "Keys: arrows move, Enter explains the selected service, s and r sort, / filters, q ends it.",
        )
        .conflicts("html");

/// `--html`
pub const HTML: Flag = Flag::text("html", "FILE", "Write one self-contained HTML page to this file instead")
    .details("It has no script and loads nothing. Only its owner may read it.");

/// `--interval`
pub const INTERVAL: Flag =
    Flag::duration("interval", "Time between two looks at Envoy's counters, which rates need")
        .details("[default: 1s; with --watch 2s] Without --watch, 0s shows no rates.");

/// What is shown, and how often.
#[derive(Debug, Clone, Copy)]
pub struct StatusGroup;

impl Group for StatusGroup {
    const HEADING: &'static str = "View";
    const FLAGS: &'static [Flag] = &[WATCH, INTERVAL, HTML];
}

/// What is looked at, how often, and where it goes.
#[derive(Debug, Clone)]
pub struct StatusSettings {
    /// What is looked at.
    pub looks: DoctorSettings,
    /// Whether it is shown again and again.
    pub watch: bool,
    /// Time between two looks at Envoy's counters.
    pub interval: Duration,
    /// Whether the terminal cannot move its cursor.
    pub is_dumb: bool,
    /// The page that is written.
    pub html: Option<PathBuf>,
}

/// The shortest time between two looks of `--watch`.
const SHORTEST: Duration = Duration::from_millis(200);

impl StatusSettings {
    /// Resolves the flags and the environment behind them.
    pub fn resolve(options: &Options<'_>, snapshot: Option<PathBuf>) -> Result<Self, connect_envoy::Error> {
        let mut looks = DoctorSettings::resolve(options, snapshot)?;
        let watch = options.is_on(&WATCH)?;
        let given = options.duration(&INTERVAL)?;
        let interval = if watch {
            given.unwrap_or(Duration::from_secs(2)).max(SHORTEST)
        } else {
            given.unwrap_or(Duration::from_secs(1))
        };
        // A view that goes on has no end in time.
        if let Some(consul) = looks.consul.as_mut().filter(|_| watch) {
            consul.time_limit = None;
        }
        let is_dumb = options.env().get(env::TERM).is_some_and(|term| term == "dumb");
        Ok(Self { looks, watch, interval, is_dumb, html: options.path(&HTML) })
    }
}
