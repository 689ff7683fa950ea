//! Random histories of a Consul that the machine logs in to: no token is logged out that something uses, and in the end one
//! valid token is in use everywhere, and no other is left.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::machine::{Action, Input, Machine, State, TokenId};

/// Random numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn is(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// Consul, the agent and the gateway around the machine.
struct World {
    random: Random,
    machine: Machine,
    now: Instant,
    /// The tokens that Consul knows, each with its end.
    known: BTreeMap<TokenId, Option<Instant>>,
    registered: TokenId,
    followed: TokenId,
    /// What is under way: when it ends, and what then happens.
    running: Vec<(Instant, Action)>,
    made: u32,
    /// Chance of a failure, and of a revocation or another bearer token between two events, in percent.
    trouble: u64,
}

const LIFE: Duration = Duration::from_secs(60);

impl World {
    fn new(seed: u64) -> Self {
        let now = Instant::now();
        let first = TokenId(0);
        Self {
            random: Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            machine: Machine::new(first, Some(LIFE), now, now),
            now,
            known: [(first, Some(now + LIFE))].into(),
            registered: first,
            followed: first,
            running: Vec::new(),
            made: 0,
            trouble: 20,
        }
    }

    fn step(&mut self) {
        let next = self.running.iter().map(|(end, _)| *end).min();
        let wake = self.machine.next_wake();
        self.now = next.map_or(wake, |next| next.min(wake)).max(self.now);
        let now = self.now;
        self.known.retain(|_, end| end.is_none_or(|end| now < end));
        let input = match self.running.iter().position(|(end, _)| *end <= now) {
            Some(at) => Some(self.finish(self.running[at].1, at)),
            None if self.random.is(self.trouble / 4) => {
                if self.random.is(50) {
                    self.known.clear();
                    Some(Input::Denied)
                } else {
                    Some(Input::BearerChanged)
                }
            }
            None => None,
        };
        for action in self.machine.on(input, now) {
            if let Action::LogOut(token) = action {
                assert!(token != self.registered, "{token:?} is logged out while the agent uses it");
                assert!(token != self.followed, "{token:?} is logged out while it is followed with");
            }
            let slow = if self.random.is(10) { 90_000 } else { 500 };
            let end = now + Duration::from_millis(self.random.below(slow));
            if let Action::Follow { .. } = action {
                // A newer one takes its place.
                self.running.retain(|(_, action)| !matches!(action, Action::Follow { .. }));
            }
            self.running.push((end, action));
        }
    }

    /// What becomes of an action.
    fn finish(&mut self, action: Action, at: usize) -> Input {
        self.running.remove(at);
        let fails = self.random.is(self.trouble);
        match action {
            Action::LogIn if fails => Input::LogInFailed { pause: Duration::ZERO },
            Action::LogIn => {
                self.made += 1;
                let token = TokenId(self.made);
                let life = Some(LIFE).filter(|_| self.random.is(80));
                self.known.insert(token, life.map(|life| self.now + life));
                Input::LoggedIn { token, life }
            }
            Action::Register(token) | Action::Follow { token, .. }
                if fails || !self.known.contains_key(&token) =>
            {
                // Both are tried until they succeed, or a newer token takes over.
                self.running.push((self.now + Duration::from_secs(1), action));
                Input::Denied
            }
            Action::Register(token) => {
                // The registrations of one gateway do not overtake each other.
                if token > self.registered {
                    self.registered = token;
                }
                Input::Registered(token)
            }
            Action::Follow { token, .. } => {
                self.followed = token;
                Input::Followed(token)
            }
            Action::Verify(_) if fails => Input::NotVerified,
            Action::Verify(token) if self.known.contains_key(&token) => Input::Known(token),
            Action::Verify(token) => Input::Unknown(token),
            Action::LogOut(token) if fails => Input::LogOutFailed(token),
            Action::LogOut(token) => {
                self.known.remove(&token);
                Input::LoggedOut(token)
            }
        }
    }
}

#[tokio::test]
async fn no_token_is_logged_out_in_use_and_one_that_is_valid_remains() {
    for seed in 1..=400 {
        let mut world = World::new(seed);
        for _ in 0..400 {
            world.step();
        }
        world.trouble = 0;
        let calm = world.now + Duration::from_secs(600);
        while world.now < calm {
            world.step();
        }
        // Between two tokens there is a moment with both.
        for _ in 0..200 {
            if world.machine.state() == State::Valid && world.known.len() == 1 {
                break;
            }
            world.step();
        }
        let valid: Vec<TokenId> = world.known.keys().copied().filter(|t| world.registered == *t).collect();
        assert_eq!(valid, [world.followed], "seed {seed}: {:?}", world.machine);
        assert_eq!(world.machine.state(), State::Valid, "seed {seed}");
    }
}
