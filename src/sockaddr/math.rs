//! `math`: calculations with addresses.

use super::network::Network;
use crate::go::strconv::parse_decimal;

/// Applies one operation to an address.
pub(super) fn apply(operation: &str, value: &str, network: Network) -> Result<Network, String> {
    let error = |why: String| format!("unable to perform an IPMath operation on {network}: {why}");
    match operation.to_lowercase().as_str() {
        "address" => {
            let offset = signed(operation, value, network).map_err(error)?;
            Ok(network.with_bits(network.bits().wrapping_add_signed(offset), network.prefix()))
        }
        "network" => {
            let offset = signed(operation, value, network).map_err(error)?;
            // Counted from the network address, or back from the last one; wraps within the network.
            let bits = if offset >= 0 {
                network.first() + (offset.unsigned_abs() & network.host_mask())
            } else {
                network.last() - ((offset.unsigned_abs() - 1) & network.host_mask())
            };
            Ok(network.with_bits(bits, network.prefix()))
        }
        "mask" => {
            let width = network.width();
            let prefix = parse_decimal(value)
                .and_then(|prefix| u8::try_from(prefix).ok())
                .filter(|prefix| *prefix <= width)
                .ok_or_else(|| {
                    error(format!("operation {operation:?} takes a number from 0 to {width}, not {value:?}"))
                })?;
            let masked = Network::new(network.ip(), prefix).unwrap_or(network);
            Ok(network.with_bits(masked.first(), prefix.min(network.prefix())))
        }
        _ => Err(error(format!("unsupported math operation {operation:?} (known: address, network, mask)"))),
    }
}

/// A number with its sign: within ±2^32 for IPv4, 64 bits for IPv6.
fn signed(operation: &str, value: &str, network: Network) -> Result<i128, String> {
    let digits = value.strip_prefix(['+', '-']).ok_or_else(|| {
        format!("sign (+/-) is required for operation {operation:?}, as in \"+1\"; got {value:?}")
    })?;
    let number: i64 = Some(digits)
        .filter(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()))
        .and_then(|_| value.parse().ok())
        .filter(|number| !network.is_ipv4() || (-(1_i64 << 32)..1_i64 << 32).contains(number))
        .ok_or_else(|| format!("{value:?} is not a number in range for operation {operation:?}"))?;
    Ok(i128::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calculated(operation: &str, value: &str, network: &str) -> String {
        apply(operation, value, network.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn addresses_wrap_at_their_own_width() {
        assert_eq!(calculated("address", "+1", "255.255.255.255/8"), "0.0.0.0/8");
        assert_eq!(calculated("address", "-2", "::1/128"), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        assert_eq!(calculated("address", "-4294967296", "10.0.0.5/16"), "10.0.0.5/16");
    }

    #[test]
    fn network_offsets_wrap_within_the_network() {
        assert_eq!(calculated("network", "+300", "10.1.0.10/24"), "10.1.0.44/24");
        assert_eq!(calculated("network", "-1", "10.1.0.10/24"), "10.1.0.255/24");
        assert_eq!(calculated("network", "-300", "10.1.0.10/24"), "10.1.0.212/24");
        assert_eq!(calculated("network", "+0", "fd00::5/64"), "fd00::/64");
    }

    #[test]
    fn masks_never_narrow_a_network() {
        assert_eq!(calculated("mask", "30", "10.1.0.10/24"), "10.1.0.8/24");
        assert_eq!(calculated("mask", "8", "10.1.0.10/24"), "10.0.0.0/8");
        assert!(apply("mask", "33", "10.1.0.10/24".parse().unwrap()).is_err());
        assert!(apply("mask", "+8", "10.1.0.10/24".parse().unwrap()).is_err());
    }
}
