//! Decides when to log in, what changes to the new token, and when the old one is logged out.
//!
//! Nothing here waits, sends, looks at a clock or holds a secret: tokens are numbers. The driver hands in what happened and
//! when, and carries out what comes of it.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

/// How often Consul is asked whether it still knows the token. An unknown one is noticed this soon at the latest.
const VERIFY_PERIOD: Duration = Duration::from_secs(10);
/// How soon it is asked again where something else casts doubt on the token.
const VERIFY_PAUSE: Duration = Duration::from_secs(1);
/// Pause after the first failed log-in in a row; it doubles with each.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A token that Consul still knows after this long ends a row of failures.
const STEADY: Duration = Duration::from_secs(30);
/// Least pause between two log-ins.
const LEAST_PAUSE: Duration = Duration::from_secs(1);
/// How often a log-out is tried. What is left expires by itself, if it expires.
const LOG_OUTS: u32 = 8;

/// A token of a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenId(pub u32);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A log-in gave a token, which the servers know; it is valid for `life` from when the log-in began.
    LoggedIn { token: TokenId, life: Option<Duration> },
    /// A log-in failed; the agent wants to be left alone for this long.
    LogInFailed { pause: Duration },
    /// The gateway is registered with the token.
    Registered(TokenId),
    /// Everything that is followed was answered with the token, and nothing is asked with an older one any more.
    Followed(TokenId),
    /// Consul knows the token.
    Known(TokenId),
    /// Consul does not know the token: it was deleted or has expired.
    Unknown(TokenId),
    /// Consul did not say whether it knows the token.
    NotVerified,
    /// Some request was denied.
    Denied,
    /// The file with the bearer token changed.
    BearerChanged,
    /// The token is no longer valid.
    LoggedOut(TokenId),
    /// A log-out failed.
    LogOutFailed(TokenId),
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Log in.
    LogIn,
    /// Register the gateway with this token.
    Register(TokenId),
    /// Follow Consul with this token, beside what is followed already. `is_urgent`: that fails, for its token is not valid.
    Follow { token: TokenId, is_urgent: bool },
    /// Ask Consul whether it knows the token.
    Verify(TokenId),
    /// Log the token out: nothing uses it any more.
    LogOut(TokenId),
}

/// What can be said of the newest token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is valid and in use.
    Valid,
    /// A new one takes its place.
    Changing,
    /// It was deleted or has expired.
    Invalid,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    token: TokenId,
    expires: Option<Instant>,
    is_unknown: bool,
}

impl Held {
    fn is_valid(&self, now: Instant) -> bool {
        !self.is_unknown && self.expires.is_none_or(|end| now < end)
    }
}

/// A token that is not in use everywhere yet.
#[derive(Debug)]
struct Next {
    held: Held,
    is_registered: bool,
    is_followed: bool,
}

/// A token that is to be logged out.
#[derive(Debug, Default)]
struct Retired {
    failures: u32,
    /// When to try again; `None` while it is tried.
    due: Option<Instant>,
}

#[derive(Debug)]
struct LogIns {
    is_running: bool,
    /// When the last one began.
    began: Instant,
    due: Option<Instant>,
    failures: u32,
    /// The bearer token changed meanwhile.
    again: bool,
}

#[derive(Debug)]
struct Verification {
    is_running: bool,
    last: Instant,
    due: Instant,
}

/// The life of the tokens of one gateway.
#[derive(Debug)]
pub struct Machine {
    current: Held,
    next: Option<Next>,
    /// Tokens that something may still use, although a newer one took their place before they were in use everywhere.
    superseded: Vec<TokenId>,
    retired: BTreeMap<TokenId, Retired>,
    log_ins: LogIns,
    verification: Verification,
    actions: Vec<Action>,
    now: Instant,
}

impl Machine {
    /// With the token of the first log-in, which began at `began` and is in use everywhere.
    pub fn new(token: TokenId, life: Option<Duration>, began: Instant, now: Instant) -> Self {
        let log_ins =
            LogIns { is_running: false, began, due: renewal(began, life), failures: 0, again: false };
        Self {
            current: Held { token, expires: life.map(|life| began + life), is_unknown: false },
            next: None,
            superseded: Vec::new(),
            retired: BTreeMap::new(),
            log_ins,
            verification: Verification { is_running: false, last: now, due: now + VERIFY_PERIOD },
            actions: Vec::new(),
            now,
        }
    }

    /// Takes in what happened until `now`, if anything did; gives what is to be done.
    pub fn on(&mut self, input: Option<Input>, now: Instant) -> Vec<Action> {
        self.now = now;
        if let Some(input) = input {
            self.take(input);
        }
        self.promote();
        self.start_due();
        std::mem::take(&mut self.actions)
    }

    /// When something is due that no input brings.
    pub fn next_wake(&self) -> Instant {
        let verification = Some(self.verification.due).filter(|_| self.verifies());
        let log_in = self.log_ins.due.filter(|_| !self.log_ins.is_running);
        let log_outs = self.retired.values().filter_map(|retired| retired.due);
        let far = self.now + VERIFY_PERIOD;
        log_outs.chain(verification).chain(log_in).fold(far, Instant::min)
    }

    /// What can be said of the newest token.
    pub fn state(&self) -> State {
        if !self.newest().is_valid(self.now) {
            State::Invalid
        } else if self.next.is_some() {
            State::Changing
        } else {
            State::Valid
        }
    }

    fn newest(&self) -> &Held {
        self.next.as_ref().map_or(&self.current, |next| &next.held)
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::LoggedIn { token, life } => self.take_token(token, life),
            Input::LogInFailed { pause } => {
                let again = std::mem::take(&mut self.log_ins.again);
                self.log_ins.is_running = false;
                self.log_ins.failures = self.log_ins.failures.saturating_add(1);
                let rest = if again { LEAST_PAUSE } else { self.pause() };
                self.log_ins.due = Some(self.now + rest.max(pause));
            }
            Input::Registered(token) => {
                if let Some(next) = self.next.as_mut().filter(|next| next.held.token == token) {
                    next.is_registered = true;
                }
            }
            Input::Followed(token) => {
                if let Some(next) = self.next.as_mut().filter(|next| next.held.token == token) {
                    next.is_followed = true;
                }
            }
            Input::Known(token) => {
                self.verified();
                if token == self.newest().token && self.log_ins.began + STEADY <= self.now {
                    self.log_ins.failures = 0;
                }
            }
            Input::NotVerified => self.verified(),
            Input::Unknown(token) => {
                self.verified();
                self.note_unknown(token);
            }
            Input::Denied => {
                let soon = (self.verification.last + VERIFY_PAUSE).max(self.now);
                self.verification.due = self.verification.due.min(soon);
            }
            Input::BearerChanged if self.log_ins.is_running => self.log_ins.again = true,
            Input::BearerChanged => self.log_in_at((self.log_ins.began + LEAST_PAUSE).max(self.now)),
            Input::LoggedOut(token) => drop(self.retired.remove(&token)),
            Input::LogOutFailed(token) => {
                if let Some(retired) = self.retired.get_mut(&token) {
                    retired.failures += 1;
                    retired.due = Some(self.now + pause(retired.failures));
                    if retired.failures >= LOG_OUTS {
                        self.retired.remove(&token);
                    }
                }
            }
        }
    }

    fn take_token(&mut self, token: TokenId, life: Option<Duration>) {
        let began = self.log_ins.began;
        self.log_ins.is_running = false;
        self.log_ins.due = renewal(began, life);
        if std::mem::take(&mut self.log_ins.again) {
            self.log_in_at((began + LEAST_PAUSE).max(self.now));
        }
        if let Some(before) = self.next.take() {
            self.superseded.push(before.held.token);
        }
        let held = Held { token, expires: life.map(|life| began + life), is_unknown: false };
        self.next = Some(Next { held, is_registered: false, is_followed: false });
        self.verification.due = self.now + VERIFY_PERIOD;
        let is_urgent = !self.current.is_valid(self.now);
        self.actions.extend([Action::Register(token), Action::Follow { token, is_urgent }]);
    }

    fn note_unknown(&mut self, token: TokenId) {
        if self.current.token == token {
            self.current.is_unknown = true;
        }
        if let Some(next) = self.next.as_mut().filter(|next| next.held.token == token) {
            next.held.is_unknown = true;
        }
        if self.newest().token == token && !self.log_ins.is_running {
            // At once, unless the last log-in did not help either.
            let due = self.log_ins.began + self.pause();
            self.log_ins.failures = self.log_ins.failures.saturating_add(1);
            self.log_in_at(due.max(self.now));
        }
    }

    fn log_in_at(&mut self, at: Instant) {
        self.log_ins.due = Some(self.log_ins.due.map_or(at, |due| due.min(at)));
    }

    fn verified(&mut self) {
        let due = self.now + VERIFY_PERIOD;
        self.verification = Verification { is_running: false, last: self.now, due };
    }

    /// Whether there is a token to ask about.
    fn verifies(&self) -> bool {
        !self.verification.is_running && !self.newest().is_unknown
    }

    fn pause(&self) -> Duration {
        match self.log_ins.failures {
            0 => Duration::ZERO,
            failures => pause(failures),
        }
    }

    /// The next token becomes the current one once it is in use everywhere.
    fn promote(&mut self) {
        let Some(next) = self.next.take_if(|next| next.is_registered && next.is_followed) else { return };
        let before = std::mem::replace(&mut self.current, next.held);
        for token in self.superseded.drain(..).chain([before.token]) {
            self.retired.insert(token, Retired { failures: 0, due: Some(self.now) });
        }
    }

    fn start_due(&mut self) {
        let now = self.now;
        if !self.log_ins.is_running && self.log_ins.due.is_some_and(|due| due <= now) {
            (self.log_ins.is_running, self.log_ins.due, self.log_ins.began) = (true, None, now);
            self.actions.push(Action::LogIn);
        }
        if self.verifies() && self.verification.due <= now {
            self.verification.is_running = true;
            self.actions.push(Action::Verify(self.newest().token));
        }
        for (token, retired) in &mut self.retired {
            if retired.due.take_if(|due| *due <= now).is_some() {
                self.actions.push(Action::LogOut(*token));
            }
        }
    }
}

/// When to log in anew: after two thirds of a token's life.
fn renewal(began: Instant, life: Option<Duration>) -> Option<Instant> {
    life.map(|life| began + life.mul_f64(2.0 / 3.0).max(LEAST_PAUSE))
}

/// The pause after so many failures.
fn pause(failures: u32) -> Duration {
    (PAUSE * 2_u32.saturating_pow(failures.saturating_sub(1).min(8))).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: TokenId = TokenId(0);
    const SECOND: TokenId = TokenId(1);

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn start(life: Option<Duration>) -> (Machine, Instant) {
        let now = Instant::now();
        (Machine::new(FIRST, life, now, now), now)
    }

    fn logged_in(token: TokenId) -> Input {
        Input::LoggedIn { token, life: Some(seconds(60)) }
    }

    #[tokio::test]
    async fn a_token_is_replaced_after_two_thirds_of_its_life_and_logged_out_once_nothing_uses_it() {
        let (mut machine, start) = start(Some(seconds(60)));
        assert_eq!(machine.on(None, start), []);
        assert_eq!(machine.on(Some(Input::Known(FIRST)), start + seconds(39)), []);
        assert_eq!(machine.next_wake(), start + seconds(40));
        assert_eq!(machine.on(None, start + seconds(40)), [Action::LogIn]);
        let later = start + seconds(41);
        let follow = Action::Follow { token: SECOND, is_urgent: false };
        assert_eq!(machine.on(Some(logged_in(SECOND)), later), [Action::Register(SECOND), follow]);
        assert_eq!(machine.state(), State::Changing);
        assert_eq!(machine.on(Some(Input::Followed(SECOND)), later), []);
        assert_eq!(machine.on(Some(Input::Registered(SECOND)), later), [Action::LogOut(FIRST)]);
        assert_eq!(machine.state(), State::Valid);
        assert_eq!(machine.on(Some(Input::LoggedOut(FIRST)), later), []);
        // The life of the second one counts from when its log-in began.
        assert_eq!(machine.on(Some(Input::Known(SECOND)), start + seconds(79)), []);
        assert_eq!(machine.on(None, start + seconds(80)), [Action::LogIn]);
    }

    #[tokio::test]
    async fn a_token_without_an_end_is_replaced_only_when_the_bearer_token_changes() {
        let (mut machine, start) = start(None);
        let later = start + seconds(100_000);
        assert_eq!(machine.on(None, later), [Action::Verify(FIRST)]);
        assert_eq!(machine.on(Some(Input::BearerChanged), later), [Action::LogIn]);
        // One that changes meanwhile is not forgotten.
        assert_eq!(machine.on(Some(Input::BearerChanged), later), []);
        let actions = machine.on(Some(Input::LoggedIn { token: SECOND, life: None }), later + seconds(2));
        assert!(actions.contains(&Action::LogIn), "{actions:?}");
        let third = TokenId(2);
        machine.on(Some(Input::LoggedIn { token: third, life: None }), later + seconds(3));
        machine.on(Some(Input::Registered(SECOND)), later + seconds(3));
        machine.on(Some(Input::Registered(third)), later + seconds(3));
        let actions = machine.on(Some(Input::Followed(third)), later + seconds(3));
        assert_eq!(actions, [Action::LogOut(FIRST), Action::LogOut(SECOND)]);
    }

    #[tokio::test]
    async fn an_unknown_token_leads_to_a_log_in_at_once_and_then_to_growing_pauses() {
        let (mut machine, start) = start(None);
        let mut now = start + seconds(5);
        assert_eq!(machine.on(Some(Input::Denied), now), [Action::Verify(FIRST)]);
        assert_eq!(machine.on(Some(Input::Unknown(FIRST)), now), [Action::LogIn]);
        assert_eq!(machine.state(), State::Invalid);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            assert_eq!(machine.on(Some(Input::LogInFailed { pause: Duration::ZERO }), now), []);
            let wake = machine.next_wake();
            pauses.push(wake - now);
            now = wake;
            assert_eq!(machine.on(None, now), [Action::LogIn]);
        }
        assert!(pauses.is_sorted() && pauses[0] >= PAUSE && pauses[7] == LONGEST_PAUSE, "{pauses:?}");
        let follow = Action::Follow { token: SECOND, is_urgent: true };
        assert_eq!(machine.on(Some(logged_in(SECOND)), now), [Action::Register(SECOND), follow]);
    }

    #[tokio::test]
    async fn an_agent_that_asks_for_a_longer_pause_gets_it() {
        let (mut machine, start) = start(None);
        machine.on(Some(Input::BearerChanged), start + seconds(2));
        let failed = Input::LogInFailed { pause: seconds(7) };
        assert_eq!(machine.on(Some(failed), start + seconds(2)), []);
        assert_eq!(machine.next_wake(), start + seconds(9));
    }

    #[tokio::test]
    async fn a_token_that_consul_does_not_answer_about_stays_in_use() {
        let (mut machine, start) = start(None);
        assert_eq!(machine.on(None, start + seconds(10)), [Action::Verify(FIRST)]);
        assert_eq!(machine.on(Some(Input::NotVerified), start + seconds(11)), []);
        assert_eq!(machine.state(), State::Valid);
        assert_eq!(machine.next_wake(), start + seconds(21));
    }

    #[tokio::test]
    async fn a_log_out_that_fails_is_tried_again_for_a_while() {
        let (mut machine, start) = start(None);
        let mut now = start + seconds(2);
        machine.on(Some(Input::BearerChanged), now);
        machine.on(Some(logged_in(SECOND)), now);
        machine.on(Some(Input::Registered(SECOND)), now);
        let mut tries = 0;
        let mut actions = machine.on(Some(Input::Followed(SECOND)), now);
        while actions.contains(&Action::LogOut(FIRST)) {
            tries += 1;
            assert_eq!(machine.on(Some(Input::LogOutFailed(FIRST)), now), []);
            now += LONGEST_PAUSE;
            actions = machine.on(None, now);
        }
        assert_eq!(tries, LOG_OUTS);
    }
}
