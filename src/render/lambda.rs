//! The Envoy extension `builtin/aws/lambda`: a function of AWS Lambda in the place of an external service.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::collector::Collector;
use super::endpoints::load_assignment;
use super::extension::{LAMBDA, Versions};
use crate::envoy_api::{
    Address, Cluster, ClusterType, CommonTlsContext, DnsLookupFamily, Duration, Endpoint, HttpFilter,
    HttpFilterConfig, LambdaConfig, LambdaInvocationMode, LbEndpoint, Metadata, TlsParameters,
    TransportSocket, TransportSocketConfig, UpstreamTlsContext,
};
use crate::finding::Code;
use crate::snapshot::Protocol;

const HTTPS_PORT: u16 = 443;

/// A function that takes the place of a linked service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lambda {
    config: LambdaConfig,
    region: String,
}

/// `Arguments` of the extension, with keys in lower case.
#[derive(Debug, Deserialize)]
struct Arguments {
    arn: String,
    #[serde(default, rename = "payloadpassthrough")]
    payload_passthrough: bool,
    #[serde(default, rename = "invocationmode")]
    invocation_mode: String,
}

impl Lambda {
    /// The function that `extensions` of a service ask for, if any.
    ///
    /// Consul: it takes the place of instances, not of a service-defaults `Destination`.
    pub fn of<'a>(
        extensions: impl Iterator<Item = &'a Value>,
        protocol: Protocol,
        is_destination: bool,
        versions: Versions<'_>,
        findings: &mut Collector<'_>,
    ) -> Option<Self> {
        let mut lambda = None;
        for extension in extensions {
            if extension.get("Name").and_then(Value::as_str) != Some(LAMBDA) {
                continue;
            }
            if let Some(reason) = versions.leave_out(extension) {
                ignore(findings, &reason, "nothing to do if that is intended");
            } else if is_destination {
                ignore(
                    findings,
                    "the service has a Destination",
                    "remove `Destination` from its service-defaults entry, or remove the extension",
                );
            } else if !protocol.has_requests() {
                ignore(
                    findings,
                    "it needs protocol http",
                    "set `Protocol = \"http\"` in its service-defaults entry",
                );
            } else {
                match Self::from_arguments(extension.get("Arguments").unwrap_or(&Value::Null)) {
                    Ok(found) => lambda = Some(found),
                    Err(reason) => ignore(findings, &reason, "correct `Arguments` of the extension"),
                }
            }
        }
        lambda
    }

    fn from_arguments(arguments: &Value) -> Result<Self, String> {
        // Consul takes keys of any case.
        let fields = arguments.as_object().into_iter().flatten();
        let fields: Map<String, Value> =
            fields.map(|(key, value)| (key.to_ascii_lowercase(), value.clone())).collect();
        let arguments = Arguments::deserialize(&fields).map_err(|error| error.to_string())?;
        let region = region(&arguments.arn).ok_or_else(|| {
            format!("ARN `{}` is not arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME", arguments.arn)
        })?;
        let region = region.to_owned();
        // Consul: every other word, in capitals too, is synchronous.
        let asynchronous = arguments.invocation_mode == "asynchronous";
        let config = LambdaConfig {
            arn: arguments.arn,
            payload_passthrough: arguments.payload_passthrough,
            invocation_mode: asynchronous.then_some(LambdaInvocationMode::Asynchronous),
        };
        Ok(Self { config, region })
    }

    /// The filter, right before the router.
    pub fn filter(&self) -> HttpFilter {
        let typed_config = HttpFilterConfig::AwsLambda(self.config.clone());
        HttpFilter { name: "envoy.filters.http.aws_lambda", typed_config }
    }

    /// The cluster of the region's endpoint.
    pub fn cluster(
        &self,
        name: &str,
        connect_timeout: std::time::Duration,
        tls_params: &TlsParameters,
    ) -> Cluster {
        let endpoint = LbEndpoint {
            endpoint: Endpoint {
                address: Address::tcp(format!("lambda.{}.amazonaws.com", self.region), HTTPS_PORT),
            },
            health_status: None,
            load_balancing_weight: None,
        };
        let context = CommonTlsContext { tls_params: tls_params.clone(), ..CommonTlsContext::default() };
        let tls = UpstreamTlsContext { common_tls_context: Some(context), sni: "*.amazonaws.com".to_owned() };
        let mark = json!({"com.amazonaws.lambda": {"egress_gateway": true}});
        Cluster {
            name: name.to_owned(),
            r#type: ClusterType::LogicalDns,
            connect_timeout: Some(Duration(connect_timeout)),
            dns_lookup_family: Some(DnsLookupFamily::V4Only),
            transport_socket: Some(TransportSocket {
                name: "tls",
                typed_config: TransportSocketConfig::Upstream(tls),
            }),
            metadata: mark.as_object().cloned().map(|filter_metadata| Metadata { filter_metadata }),
            load_assignment: Some(load_assignment(name, vec![endpoint])),
            ..Cluster::default()
        }
    }
}

/// The region in `arn`; Envoy refuses the whole listener for an ARN of another form.
fn region(arn: &str) -> Option<&str> {
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, _, region, _, _, _, ..] if !region.is_empty() => Some(region),
        _ => None,
    }
}

fn ignore(findings: &mut Collector<'_>, reason: &str, help: &str) {
    findings.push(Code::ExtensionIgnored, format!("extension `{LAMBDA}` is not applied: {reason}"), help);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Lambda, region};

    #[test]
    fn an_arn_is_one_that_envoy_takes() {
        assert_eq!(region("arn:aws:lambda:us-east-1:1111:function:demo"), Some("us-east-1"));
        assert_eq!(region("arn:aws:lambda:us-east-1:1111:function:demo:v1"), Some("us-east-1"));
        for arn in
            ["", "a:b:c:d", "arn:aws:lambda:us-east-1:1111:function", "arn:aws:lambda::1111:function:demo"]
        {
            assert_eq!(region(arn), None, "{arn}");
        }
    }

    #[test]
    fn only_asynchronous_means_that_no_answer_is_awaited() {
        for (word, asynchronous) in
            [("asynchronous", true), ("ASYNCHRONOUS", false), ("synchronous", false), ("", false)]
        {
            let arn = "arn:aws:lambda:us-east-1:1111:function:demo";
            let lambda = Lambda::from_arguments(&json!({"ARN": arn, "InvocationMode": word})).unwrap();
            assert_eq!(lambda.config.invocation_mode.is_some(), asynchronous, "{word}");
        }
    }
}
