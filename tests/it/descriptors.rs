//! The committed descriptor set `src/envoy_api/descriptors.bin` is cut from the one that the crate
//! `envoy-types` ships. `TERMGATE_BLESS=1 cargo test --test it descriptors` rewrites it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use prost::Message as _;
use prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet, MessageOptions,
};

/// Messages that termgate emits or accepts from users, with all that they refer to.
const ROOTS: &[&str] = &[
    "envoy.config.bootstrap.v3.Bootstrap",
    "envoy.config.cluster.v3.Cluster",
    "envoy.config.endpoint.v3.ClusterLoadAssignment",
    "envoy.config.listener.v3.Listener",
    "envoy.config.route.v3.RouteConfiguration",
    "envoy.config.metrics.v3.DogStatsdSink",
    "envoy.config.metrics.v3.StatsdSink",
    "envoy.config.trace.v3.DatadogConfig",
    "envoy.config.trace.v3.OpenTelemetryConfig",
    "envoy.config.trace.v3.SkyWalkingConfig",
    "envoy.config.trace.v3.XRayConfig",
    "envoy.config.trace.v3.ZipkinConfig",
    "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
    "envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig",
    "envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig",
    "envoy.extensions.access_loggers.file.v3.FileAccessLog",
    "envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig",
    "envoy.extensions.access_loggers.stream.v3.StderrAccessLog",
    "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
    "envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig",
    "envoy.extensions.filters.http.aws_lambda.v3.Config",
    "envoy.extensions.filters.http.grpc_http1_bridge.v3.Config",
    "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig",
    "envoy.extensions.filters.http.lua.v3.Lua",
    "envoy.extensions.filters.http.rbac.v3.RBAC",
    "envoy.extensions.filters.http.router.v3.Router",
    "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
    "envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit",
    "envoy.extensions.filters.network.direct_response.v3.Config",
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    "envoy.extensions.filters.network.rbac.v3.RBAC",
    "envoy.extensions.filters.network.sni_cluster.v3.SniCluster",
    "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
    "envoy.extensions.tracers.fluentd.v3.FluentdConfig",
    "envoy.extensions.tracers.opentelemetry.resource_detectors.v3.DynatraceResourceDetectorConfig",
    "envoy.extensions.tracers.opentelemetry.resource_detectors.v3.EnvironmentResourceDetectorConfig",
    "envoy.extensions.tracers.opentelemetry.resource_detectors.v3.StaticConfigResourceDetectorConfig",
    "envoy.extensions.tracers.opentelemetry.samplers.v3.AlwaysOnSamplerConfig",
    "envoy.extensions.tracers.opentelemetry.samplers.v3.DynatraceSamplerConfig",
    "envoy.extensions.tracers.opentelemetry.samplers.v3.ParentBasedSamplerConfig",
    "envoy.extensions.tracers.opentelemetry.samplers.v3.TraceIdRatioBasedSamplerConfig",
    "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer",
    "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
    "envoy.extensions.transport_sockets.tls.v3.Secret",
    "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    "google.protobuf.Any",
    "google.protobuf.BoolValue",
    "google.protobuf.StringValue",
    "google.protobuf.Struct",
    "google.protobuf.UInt32Value",
];

#[test]
fn the_committed_descriptor_set_is_the_one_of_envoy_types() {
    let whole = std::fs::read(envoy_types_folder().join("src/generated/types.bin")).unwrap();
    let cut = cut(FileDescriptorSet::decode(whole.as_slice()).unwrap()).encode_to_vec();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/envoy_api/descriptors.bin");
    if crate::support::tools::variable("TERMGATE_BLESS").is_some() {
        std::fs::write(&committed, &cut).unwrap();
    }
    let same = std::fs::read(&committed).is_ok_and(|bytes| bytes == cut);
    assert!(same, "descriptors.bin differs from envoy-types; TERMGATE_BLESS=1 rewrites it");
}

/// Where cargo keeps the source of the crate `envoy-types` that the lock file names.
fn envoy_types_folder() -> PathBuf {
    let cargo = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let about = cargo(&["-vV"]);
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // What only other platforms need has never been fetched on a new machine.
    let platform = ["--filter-platform", host];
    let metadata = [&["metadata", "--format-version", "1", "--offline", "--locked"][..], &platform].concat();
    let metadata: serde_json::Value = serde_json::from_str(&cargo(&metadata)).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "envoy-types").unwrap();
    Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned()
}

/// Keeps the roots and what they refer to; drops options, comments and services.
fn cut(mut set: FileDescriptorSet) -> FileDescriptorSet {
    let mut references: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in &set.file {
        for message in &file.message_type {
            collect(&format!(".{}", file.package()), message, &mut references);
        }
    }
    let mut keep = BTreeSet::new();
    let mut queue: Vec<String> = ROOTS.iter().map(|root| format!(".{root}")).collect();
    while let Some(name) = queue.pop() {
        if let Some(next) = references.get(&name) {
            queue.extend(next.iter().filter(|next| !keep.contains(*next)).cloned());
        }
        keep.insert(name);
    }
    for root in ROOTS {
        assert!(references.contains_key(&format!(".{root}")), "no message {root}");
    }
    for file in &mut set.file {
        let scope = format!(".{}", file.package());
        prune_messages(&scope, &mut file.message_type, &keep);
        prune_enums(&scope, &mut file.enum_type, &keep);
        file.service.clear();
        file.extension.clear();
        file.options = None;
        file.source_code_info = None;
    }
    // A file that kept nothing goes; the others import only what they still use.
    let defined: BTreeMap<String, String> = set.file.iter().flat_map(definitions).collect();
    set.file.retain(|file| !file.message_type.is_empty() || !file.enum_type.is_empty());
    for file in &mut set.file {
        let mut used = BTreeSet::new();
        for message in &file.message_type {
            uses(message, &mut used);
        }
        let own = file.name().to_owned();
        file.dependency = used
            .iter()
            .filter_map(|name| defined.get(name))
            .filter(|file| **file != own)
            .cloned()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        file.public_dependency.clear();
        file.weak_dependency.clear();
    }
    set
}

fn collect(scope: &str, message: &DescriptorProto, references: &mut BTreeMap<String, Vec<String>>) {
    let name = format!("{scope}.{}", message.name());
    // A nested message needs its parent to stand in.
    let mut needed: Vec<String> = vec![scope.to_owned()];
    needed.extend(message.field.iter().map(|field| field.type_name().to_owned()));
    for nested in &message.nested_type {
        collect(&name, nested, references);
    }
    references.insert(name, needed);
}

fn prune_messages(scope: &str, messages: &mut Vec<DescriptorProto>, keep: &BTreeSet<String>) {
    messages.retain(|message| keep.contains(&format!("{scope}.{}", message.name())));
    for message in messages {
        let scope = format!("{scope}.{}", message.name());
        prune_messages(&scope, &mut message.nested_type, keep);
        prune_enums(&scope, &mut message.enum_type, keep);
        message.extension.clear();
        message.reserved_name.clear();
        message.reserved_range.clear();
        let map_entry = message.options.as_ref().is_some_and(MessageOptions::map_entry);
        message.options =
            map_entry.then(|| MessageOptions { map_entry: Some(true), ..MessageOptions::default() });
        for oneof in &mut message.oneof_decl {
            oneof.options = None;
        }
        for field in &mut message.field {
            field.options = None;
        }
    }
}

fn prune_enums(scope: &str, enums: &mut Vec<EnumDescriptorProto>, keep: &BTreeSet<String>) {
    enums.retain(|found| keep.contains(&format!("{scope}.{}", found.name())));
    for found in enums {
        found.options = None;
        found.reserved_name.clear();
        found.reserved_range.clear();
        for value in &mut found.value {
            value.options = None;
        }
    }
}

fn definitions(file: &prost_reflect::prost_types::FileDescriptorProto) -> Vec<(String, String)> {
    fn walk(scope: &str, message: &DescriptorProto, file: &str, found: &mut Vec<(String, String)>) {
        let name = format!("{scope}.{}", message.name());
        for nested in &message.nested_type {
            walk(&name, nested, file, found);
        }
        for nested in &message.enum_type {
            found.push((format!("{name}.{}", nested.name()), file.to_owned()));
        }
        found.push((name, file.to_owned()));
    }
    let mut found = Vec::new();
    let scope = format!(".{}", file.package());
    for message in &file.message_type {
        walk(&scope, message, file.name(), &mut found);
    }
    for each in &file.enum_type {
        found.push((format!("{scope}.{}", each.name()), file.name().to_owned()));
    }
    found
}

fn uses(message: &DescriptorProto, used: &mut BTreeSet<String>) {
    let named =
        |field: &FieldDescriptorProto| Some(field.type_name().to_owned()).filter(|name| !name.is_empty());
    used.extend(message.field.iter().filter_map(named));
    for nested in &message.nested_type {
        uses(nested, used);
    }
}
