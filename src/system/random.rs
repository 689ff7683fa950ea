//! Randomness for pauses and names.

use std::time::Duration;

use ring::rand::{SecureRandom as _, SystemRandom};

/// A time between nothing and `most`, each as likely.
pub fn up_to(most: Duration) -> Duration {
    let mut bytes = [0; 4];
    // Without randomness everybody waits the longest: slow, but right.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return most;
    }
    most.mul_f64(f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

/// A name that no other file has, for one that is there for a moment.
pub fn name() -> String {
    let mut bytes = [0; 8];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return format!("p{}", std::process::id());
    }
    format!("{:016x}", u64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_stay_within_their_limit_and_differ() {
        let most = Duration::from_secs(1);
        let pauses: std::collections::BTreeSet<Duration> = (0..100).map(|_| up_to(most)).collect();
        assert!(pauses.iter().all(|pause| *pause <= most));
        assert!(pauses.len() > 90);
    }
}
