//! Checks formats of log lines: one that Envoy does not accept makes it refuse a whole listener.

use serde_json::Value;

/// What an operator takes in brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Argument {
    None,
    Optional,
    Required,
}

/// The operators of Envoy 1.40 that take no argument and no length.
const PLAIN: &[&str] = &[
    "ACCESS_LOG_TYPE",
    "BYTES_RECEIVED",
    "BYTES_RETRANSMITTED",
    "BYTES_SENT",
    "CONNECTION_ID",
    "CONNECTION_TERMINATION_DETAILS",
    "CUSTOM_FLAGS",
    "DOWNSTREAM_CX_RTT",
    "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED",
    "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT",
    "DOWNSTREAM_DETECTED_CLOSE_TYPE",
    "DOWNSTREAM_DIRECT_LOCAL_ADDRESS",
    "DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID",
    "DOWNSTREAM_DIRECT_LOCAL_PORT",
    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
    "DOWNSTREAM_DIRECT_REMOTE_PORT",
    "DOWNSTREAM_HANDSHAKE_DURATION",
    "DOWNSTREAM_HEADER_BYTES_RECEIVED",
    "DOWNSTREAM_HEADER_BYTES_SENT",
    "DOWNSTREAM_LOCAL_ADDRESS",
    "DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID",
    "DOWNSTREAM_LOCAL_CLOSE_REASON",
    "DOWNSTREAM_LOCAL_DNS_SAN",
    "DOWNSTREAM_LOCAL_EMAIL_SAN",
    "DOWNSTREAM_LOCAL_IP_SAN",
    "DOWNSTREAM_LOCAL_OTHERNAME_SAN",
    "DOWNSTREAM_LOCAL_PORT",
    "DOWNSTREAM_LOCAL_SUBJECT",
    "DOWNSTREAM_LOCAL_URI_SAN",
    "DOWNSTREAM_PEER_CERT",
    "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1",
    "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256",
    "DOWNSTREAM_PEER_CHAIN_SERIALS",
    "DOWNSTREAM_PEER_DNS_SAN",
    "DOWNSTREAM_PEER_EMAIL_SAN",
    "DOWNSTREAM_PEER_FINGERPRINT_1",
    "DOWNSTREAM_PEER_FINGERPRINT_256",
    "DOWNSTREAM_PEER_IP_SAN",
    "DOWNSTREAM_PEER_ISSUER",
    "DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256",
    "DOWNSTREAM_PEER_ISSUER_SERIAL",
    "DOWNSTREAM_PEER_OTHERNAME_SAN",
    "DOWNSTREAM_PEER_SERIAL",
    "DOWNSTREAM_PEER_SUBJECT",
    "DOWNSTREAM_PEER_URI_SAN",
    "DOWNSTREAM_REMOTE_ADDRESS",
    "DOWNSTREAM_REMOTE_PORT",
    "DOWNSTREAM_TLS_CIPHER",
    "DOWNSTREAM_TLS_GROUP",
    "DOWNSTREAM_TLS_SESSION_ID",
    "DOWNSTREAM_TLS_VERSION",
    "DOWNSTREAM_TRANSPORT_FAILURE_REASON",
    "DOWNSTREAM_WIRE_BYTES_RECEIVED",
    "DOWNSTREAM_WIRE_BYTES_SENT",
    "DURATION",
    "FILTER_CHAIN_NAME",
    "GRPC_STATUS_NUMBER",
    "HOSTNAME",
    "LISTENER_NAME",
    "LOCAL_REPLY_BODY",
    "PACKETS_RETRANSMITTED",
    "PROTOCOL",
    "REQUEST_DURATION",
    "REQUEST_HEADERS_BYTES",
    "REQUEST_TX_DURATION",
    "RESPONSE_CODE",
    "RESPONSE_DURATION",
    "RESPONSE_FLAGS",
    "RESPONSE_FLAGS_LONG",
    "RESPONSE_HEADERS_BYTES",
    "RESPONSE_TRAILERS_BYTES",
    "RESPONSE_TX_DURATION",
    "ROUNDTRIP_DURATION",
    "ROUTE_NAME",
    "ROUTE_RESOLUTION_COUNT",
    "ROUTE_RESOLUTION_TIME_US",
    "SPAN_ID",
    "STREAM_ID",
    "TLS_JA3_FINGERPRINT",
    "TLS_JA4_FINGERPRINT",
    "TRACE_ID",
    "UNIQUE_ID",
    "UPSTREAM_CLUSTER",
    "UPSTREAM_CLUSTER_RAW",
    "UPSTREAM_CONNECTION_ID",
    "UPSTREAM_CONNECTION_IDS_ATTEMPTED",
    "UPSTREAM_CONNECTION_POOL_READY_DURATION",
    "UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED",
    "UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT",
    "UPSTREAM_DETECTED_CLOSE_TYPE",
    "UPSTREAM_HEADER_BYTES_RECEIVED",
    "UPSTREAM_HEADER_BYTES_SENT",
    "UPSTREAM_HOST",
    "UPSTREAM_HOSTS_ATTEMPTED",
    "UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT",
    "UPSTREAM_HOST_NAME",
    "UPSTREAM_HOST_NAMES_ATTEMPTED",
    "UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT",
    "UPSTREAM_HOST_NAME_WITHOUT_PORT",
    "UPSTREAM_LOCAL_ADDRESS",
    "UPSTREAM_LOCAL_CLOSE_REASON",
    "UPSTREAM_LOCAL_DNS_SAN",
    "UPSTREAM_LOCAL_IP_SAN",
    "UPSTREAM_LOCAL_PORT",
    "UPSTREAM_LOCAL_URI_SAN",
    "UPSTREAM_PEER_CERT",
    "UPSTREAM_PEER_DNS_SAN",
    "UPSTREAM_PEER_IP_SAN",
    "UPSTREAM_PEER_ISSUER",
    "UPSTREAM_PEER_SUBJECT",
    "UPSTREAM_PEER_URI_SAN",
    "UPSTREAM_PROTOCOL",
    "UPSTREAM_REMOTE_ADDRESS",
    "UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID",
    "UPSTREAM_REMOTE_PORT",
    "UPSTREAM_REQUEST_ATTEMPT_COUNT",
    "UPSTREAM_SERVER_NAME",
    "UPSTREAM_TLS_CIPHER",
    "UPSTREAM_TLS_GROUP",
    "UPSTREAM_TLS_SESSION_ID",
    "UPSTREAM_TLS_VERSION",
    "UPSTREAM_TRANSPORT_FAILURE_REASON",
    "UPSTREAM_WIRE_BYTES_RECEIVED",
    "UPSTREAM_WIRE_BYTES_SENT",
    "VIRTUAL_CLUSTER_NAME",
];

/// Checks all text in a JSON format; keys are no formats.
pub fn check_json(value: &Value) -> Result<(), String> {
    match value {
        Value::String(format) => check(format),
        Value::Array(items) => items.iter().try_for_each(check_json),
        Value::Object(fields) => fields.values().try_for_each(check_json),
        _ => Ok(()),
    }
}

/// Checks a format: text with operators such as `%REQ(X-A?X-B):10%`, in which `%%` is a percent sign.
pub fn check(format: &str) -> Result<(), String> {
    let mut rest = format;
    while let Some((_, text)) = rest.split_once('%') {
        if let Some(text) = text.strip_prefix('%') {
            rest = text;
            continue;
        }
        let name_end = text
            .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
            .unwrap_or(text.len());
        let (name, tail) = text.split_at(name_end);
        let parsed = if name.is_empty() { None } else { operands(tail) };
        let Some((argument, has_length, text)) = parsed else {
            let start: String = text.chars().take(20).collect();
            return Err(format!("there is no operator at `%{start}` (`%%` is a percent sign)"));
        };
        operator(name, argument, has_length)?;
        rest = text;
    }
    Ok(())
}

/// The argument of an operator, whether it has a length, and what is behind its last percent sign.
fn operands(text: &str) -> Option<(&str, bool, &str)> {
    let Some(inner) = text.strip_prefix('(') else {
        let (has_length, rest) = length(text)?;
        return Some(("", has_length, rest));
    };
    // Brackets may stand in the argument: it ends at the first one behind which an operator can end.
    inner.match_indices(')').find_map(|(position, bracket)| {
        let (argument, tail) = inner.split_at(position);
        let (has_length, rest) = length(tail.strip_prefix(bracket)?)?;
        (!argument.contains('\n')).then_some((argument, has_length, rest))
    })
}

/// Whether there is a length in front of the percent sign, and what is behind it.
fn length(text: &str) -> Option<(bool, &str)> {
    if let Some(rest) = text.strip_prefix('%') {
        return Some((false, rest));
    }
    let (digits, rest) = text.strip_prefix(':')?.split_once('%')?;
    let is_number = digits.bytes().all(|digit| digit.is_ascii_digit()) && digits.parse::<u64>().is_ok();
    is_number.then_some((true, rest))
}

/// Checks one operator.
fn operator(name: &str, argument: &str, has_length: bool) -> Result<(), String> {
    let (wanted, takes_length) = signature(name).ok_or_else(|| format!("Envoy has no operator `{name}`"))?;
    let fits = match wanted {
        Argument::None => argument.is_empty(),
        Argument::Optional => true,
        Argument::Required => !argument.is_empty(),
    };
    if !fits || (has_length && !takes_length) || !is_argument(name, argument) {
        let operands = if argument.is_empty() { String::new() } else { format!("({argument})") };
        let length = if has_length { ", with a length" } else { "" };
        return Err(format!("Envoy does not accept `{name}{operands}`{length}"));
    }
    Ok(())
}

/// What an operator of Envoy 1.40 takes: an argument, and a length (`:10`).
fn signature(name: &str) -> Option<(Argument, bool)> {
    Some(match name {
        "REQ"
        | "RESP"
        | "TRAILER"
        | "REQUEST_HEADER"
        | "RESPONSE_HEADER"
        | "RESPONSE_TRAILER"
        | "STREAM_INFO_REQ"
        | "CEL"
        | "TYPED_CEL"
        | "COALESCE"
        | "DYNAMIC_METADATA"
        | "METADATA"
        | "ENVIRONMENT"
        | "FILTER_STATE"
        | "UPSTREAM_FILTER_STATE"
        | "QUERY_PARAM"
        | "XFCC_VALUE" => (Argument::Required, true),
        "CLUSTER_METADATA" | "UPSTREAM_METADATA" | "COMMON_DURATION" => (Argument::Required, false),
        "PATH" | "QUERY_PARAMS" => (Argument::Optional, true),
        "GRPC_STATUS" | "REQUESTED_SERVER_NAME" | "RESPONSE_CODE_DETAILS" => (Argument::Optional, false),
        _ if is_time(name) || is_address(name) => (Argument::Optional, false),
        _ if PLAIN.binary_search(&name).is_ok() => (Argument::None, false),
        _ => return None,
    })
}

fn is_time(name: &str) -> bool {
    let times = ["START_TIME", "START_TIME_LOCAL", "EMIT_TIME", "EMIT_TIME_LOCAL"];
    let certificate = name.strip_prefix("DOWNSTREAM").or_else(|| name.strip_prefix("UPSTREAM"));
    times.contains(&name) || matches!(certificate, Some("_PEER_CERT_V_START" | "_PEER_CERT_V_END"))
}

/// An address that may be masked.
fn is_address(name: &str) -> bool {
    let side = name.strip_suffix("_ADDRESS_WITHOUT_PORT").unwrap_or_default();
    let sides = [
        "DOWNSTREAM_DIRECT_LOCAL",
        "DOWNSTREAM_DIRECT_REMOTE",
        "DOWNSTREAM_LOCAL",
        "DOWNSTREAM_REMOTE",
        "UPSTREAM_LOCAL",
        "UPSTREAM_REMOTE",
    ];
    sides.contains(&side)
}

/// Whether Envoy takes `argument`, if it is not empty. Expressions in CEL are not looked into.
fn is_argument(name: &str, argument: &str) -> bool {
    let mut parts = argument.split(':');
    let mut part = || parts.next().unwrap_or_default();
    match name {
        "REQ" | "RESP" | "TRAILER" | "REQUEST_HEADER" | "RESPONSE_HEADER" | "RESPONSE_TRAILER"
        | "STREAM_INFO_REQ" => argument.split('?').count() <= 2 && argument.split('?').all(is_header),
        "FILTER_STATE" | "UPSTREAM_FILTER_STATE" => match (part(), part(), part()) {
            ("", ..) => false,
            (_, "FIELD", field) => !field.is_empty(),
            (_, form, field) => matches!(form, "" | "PLAIN" | "TYPED") && field.is_empty(),
        },
        "METADATA" => matches!(
            part(),
            "DYNAMIC"
                | "CLUSTER"
                | "ROUTE"
                | "UPSTREAM_HOST"
                | "LISTENER"
                | "LISTENER_FILTER_CHAIN"
                | "VIRTUAL_HOST"
        ),
        "COMMON_DURATION" => match argument.split(':').collect::<Vec<_>>().as_slice() {
            [_, _] => true,
            [_, _, precision] => matches!(*precision, "ms" | "us" | "ns"),
            _ => false,
        },
        "XFCC_VALUE" => ["by", "hash", "cert", "chain", "subject", "uri", "dns"]
            .iter()
            .any(|key| key.eq_ignore_ascii_case(argument)),
        "PATH" => {
            matches!(part(), "" | "WQ" | "NQ") && matches!(part(), "" | "ORIG" | "PATH" | "ORIG_OR_PATH")
        }
        "QUERY_PARAMS" => matches!(argument, "" | "ORIG" | "DECODED"),
        "GRPC_STATUS" => matches!(argument, "" | "CAMEL_STRING" | "SNAKE_STRING" | "NUMBER"),
        "REQUESTED_SERVER_NAME" => {
            matches!(part(), "" | "SNI_ONLY" | "SNI_FIRST" | "HOST_FIRST")
                && matches!(part(), "" | "ORIG" | "HOST" | "ORIG_OR_HOST")
        }
        "COALESCE" => is_coalesce(argument),
        _ => !is_time(name) || !has_line_end(argument),
    }
}

/// A header's name, or none.
fn is_header(name: &str) -> bool {
    let token = name.strip_prefix(':').unwrap_or(name);
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&'*+-.^_`|~%".contains(&byte);
    (name.is_empty() || !token.is_empty()) && token.bytes().all(is_token)
}

/// Whether a format of time has a line end (`%n`, with what `strftime` lets stand between).
fn has_line_end(format: &str) -> bool {
    format.split('%').skip(1).any(|text| {
        let text = text
            .trim_start_matches(['-', '_', '0', '^', '#'])
            .trim_start_matches(|c| ('1'..='9').contains(&c));
        text.strip_prefix(['E', 'O']).unwrap_or(text).starts_with('n')
    })
}

/// `{"operators": ["PROTOCOL", {"command": "REQ", "param": "X-A", "max_length": 10}]}`
fn is_coalesce(argument: &str) -> bool {
    let config: Value = serde_json::from_str(argument).unwrap_or_default();
    let operators = config.get("operators").and_then(Value::as_array);
    operators.is_some_and(|operators| !operators.is_empty() && operators.iter().all(is_alternative))
}

fn is_alternative(entry: &Value) -> bool {
    let max_length = entry.get("max_length");
    let param = entry.get("param");
    let is_shaped = max_length.is_none_or(|length| length.as_u64().is_some_and(|length| length > 0))
        && param.is_none_or(Value::is_string);
    let command = entry.as_str().or_else(|| entry.get("command")?.as_str());
    let param = param.and_then(Value::as_str).unwrap_or_default();
    is_shaped && command.is_some_and(|command| operator(command, param, max_length.is_some()).is_ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{PLAIN, check, check_json};

    /// What Envoy 1.40 says of each was tried.
    #[test]
    fn formats_that_envoy_accepts_are_accepted() {
        assert!(PLAIN.is_sorted());
        for format in [
            "",
            "100%% of %PROTOCOL%",
            "%PROTOCOL()%%%",
            "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH):10% %REQ(a?)% %RESP(?b)% %TRAILER(:method)%",
            "%REQ(a!#$&'*+-.^_`|~%b)%",
            "%START_TIME%%START_TIME()%%START_TIME(%Y/%m/%dT%H:%M:%S%z)% %EMIT_TIME_LOCAL(%s.%3f)%",
            "%START_TIME(a)b)%%START_TIME(%10n)%",
            "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(16)% %UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
            "%DOWNSTREAM_PEER_CERT_V_START(%Y)% %UPSTREAM_PEER_CERT_V_END%",
            "%RESPONSE_CODE_DETAILS(ALLOW_WHITESPACES)% %DOWNSTREAM_PEER_FINGERPRINT_256%",
            "%DYNAMIC_METADATA(a:b:c):5% %CLUSTER_METADATA(a:b)% %METADATA(VIRTUAL_HOST:a):25%",
            "%FILTER_STATE(a)% %FILTER_STATE(a:PLAIN:)% %UPSTREAM_FILTER_STATE(a:FIELD:b:c):5%",
            "%COMMON_DURATION(DS_RX_BEG:US_TX_END:us)% %COMMON_DURATION(a:b)%",
            "%XFCC_VALUE(Uri):5% %ENVIRONMENT(A B):3% %QUERY_PARAM(a)% %QUERY_PARAMS(DECODED)%",
            "%PATH% %PATH:5% %PATH(NQ:ORIG:x):5% %PATH(:PATH)% %GRPC_STATUS(NUMBER)% %GRPC_STATUS_NUMBER%",
            "%REQUESTED_SERVER_NAME% %REQUESTED_SERVER_NAME(HOST_FIRST:ORIG_OR_HOST)%",
            "%CEL(request.headers['x'] || request.url_path.contains('v1')):10% %TYPED_CEL(a)%",
            r#"%COALESCE({"operators":["PROTOCOL",{"command":"REQ","param":":authority","max_length":4}]}):5%"#,
            r#"%COALESCE({"operators":[{"command":"COALESCE","param":"{\"operators\":[\"PROTOCOL\"]}"}]})%"#,
            "%UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT%",
            "%REQ(A):18446744073709551615%",
        ] {
            assert_eq!(check(format), Ok(()), "{format}");
        }
    }

    #[test]
    fn formats_that_envoy_refuses_are_reported() {
        for format in [
            "%FOO%",
            "%METHOD%",
            "100%",
            "%%%",
            "% %",
            "%PROTOCOL",
            "%PROTOCOL%%",
            "%protocol%",
            "%PROTOCOL(x)%",
            "%PROTOCOL:5%",
            "%PROTOCOL:%",
            "%REQ%",
            "%REQ()%",
            "%REQ(X",
            "%REQ(X)",
            "%REQ(X)y%",
            "%REQ(X):-1%",
            "%REQ(X):18446744073709551616%",
            "%REQ(a?b?c)%",
            "%REQ(a b)%",
            "%REQ(:)%",
            "%REQ(a\n)%",
            "%REQ(ä)%",
            "%START_TIME(%n)%",
            "%START_TIME(%%-5En)%",
            "%START_TIME(%Y):5%",
            "%UPSTREAM_METADATA(a):5%",
            "%METADATA(X:a)%",
            "%FILTER_STATE(:PLAIN)%",
            "%FILTER_STATE(a:FIELD)%",
            "%FILTER_STATE(a:PLAIN:b)%",
            "%FILTER_STATE(a:b)%",
            "%COMMON_DURATION(a)%",
            "%COMMON_DURATION(a:b:s)%",
            "%XFCC_VALUE(x)%",
            "%PATH(NQ:x)%",
            "%QUERY_PARAMS(orig)%",
            "%GRPC_STATUS(number)%",
            "%REQUESTED_SERVER_NAME(SNI)%",
            "%COALESCE(x)%",
            r#"%COALESCE({"operators":[]})%"#,
            r#"%COALESCE({"operators":["FOO"]})%"#,
            r#"%COALESCE({"operators":["REQ"]})%"#,
            r#"%COALESCE({"operators":[{"command":"REQ","param":"a","max_length":0}]})%"#,
            r#"%COALESCE({"operators":[{"command":"PROTOCOL","max_length":1}]})%"#,
        ] {
            assert!(check(format).is_err(), "{format}");
        }
    }

    #[test]
    fn text_in_json_is_checked_at_any_depth_and_keys_are_not() {
        assert_eq!(check_json(&json!({"%": [1, true, null, {"a": ["%PROTOCOL%"]}]})), Ok(()));
        assert!(check_json(&json!({"a": [{"b": "%FOO%"}]})).is_err());
    }
}
