//! How much memory the gateway may take: `--memory-limit`.

use std::fmt;

use super::env;
use super::flag::Flag;

pub const MEMORY_LIMIT: Flag = Flag::text(
    "memory-limit",
    "auto|off|SIZE",
    "Memory within which Envoy sheds load, in direct mode",
)
.details(
    "auto: the memory limit of the control group (cgroup); without one, Envoy never sheds load. SIZE is what \
             termgate and Envoy may take together, such as 256MiB.",
)
.variable(env::TERMGATE_MEMORY_LIMIT)
.default("auto");

/// The least limit that can be given: Envoy alone takes almost as much.
const LEAST: u64 = 64 << 20;

/// What limits the memory of termgate and Envoy together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MemoryLimit {
    /// The control group, if it does.
    #[default]
    Auto,
    /// Nothing that Envoy minds.
    Off,
    /// This many bytes.
    Bytes(u64),
}

/// A size in the largest binary unit that divides it, else rounded down to MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= 1 << 30 && bytes.trailing_zeros() >= 30 => {
                write!(formatter, "{} GiB", bytes >> 30)
            }
            bytes => write!(formatter, "{} MiB", bytes >> 20),
        }
    }
}

/// Reads `auto`, `off` or a size: bytes, or with a unit in any case. As for container engines and systemd, K, M, G and
/// T are binary, as are KiB and Ki; KB, MB, GB and TB are decimal.
pub fn parse(text: &str) -> Result<MemoryLimit, String> {
    match text.to_ascii_lowercase().as_str() {
        "auto" => return Ok(MemoryLimit::Auto),
        "off" => return Ok(MemoryLimit::Off),
        _ => {}
    }
    let bytes = size(text).ok_or_else(|| format!("`{text}` is not auto, off or a size such as 256MiB"))?;
    if bytes < LEAST {
        return Err(format!("`{text}` is less than {}, which Envoy and termgate need to start", Size(LEAST)));
    }
    Ok(MemoryLimit::Bytes(bytes))
}

fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let number: u64 = number.parse().ok()?;
    let unit = unit.trim_start().to_ascii_lowercase();
    let Some(letter) = unit.chars().next().filter(|letter| *letter != 'b') else {
        return matches!(unit.as_str(), "" | "b").then_some(number);
    };
    let power = u32::try_from("kmgt".find(letter)?).ok()? + 1;
    let base = match unit.get(1..)? {
        "" | "i" | "ib" => 1024_u64,
        "b" => 1000,
        _ => return None,
    };
    number.checked_mul(base.checked_pow(power)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_every_usual_unit() {
        for (text, bytes) in [
            ("268435456", 256 << 20),
            ("268435456B", 256 << 20),
            ("256MiB", 256 << 20),
            ("256Mi", 256 << 20),
            ("256M", 256 << 20),
            ("256m", 256 << 20),
            ("256 MiB", 256 << 20),
            ("1GiB", 1 << 30),
            ("1g", 1 << 30),
            ("262144K", 256 << 20),
            ("262144kib", 256 << 20),
            ("500MB", 500_000_000),
            ("2GB", 2_000_000_000),
            ("1TiB", 1 << 40),
        ] {
            assert_eq!(parse(text), Ok(MemoryLimit::Bytes(bytes)), "{text}");
        }
        assert_eq!(parse("auto"), Ok(MemoryLimit::Auto));
        assert_eq!(parse("Off"), Ok(MemoryLimit::Off));
    }

    #[test]
    fn what_is_not_a_size_is_refused() {
        for text in [
            "",
            "M",
            "-1",
            "1.5GiB",
            "256MiBs",
            "256 M B",
            "256bi",
            "0x10",
            "99999999999999999999",
            "16777216TiB",
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error, format!("`{text}` is not auto, off or a size such as 256MiB"));
        }
        for text in ["0", "1MiB", "63MiB"] {
            assert!(parse(text).unwrap_err().contains("is less than 64 MiB"), "{text}");
        }
    }

    #[test]
    fn sizes_are_shown_in_binary_units() {
        let shown = [1 << 30, 3 << 29, 256 << 20, 500_000_000].map(|bytes| Size(bytes).to_string());
        assert_eq!(shown, ["1 GiB", "1536 MiB", "256 MiB", "476 MiB"]);
    }
}
