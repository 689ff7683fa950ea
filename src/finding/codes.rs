//! Every code of a finding, with what it means, why it matters and what to do: the one place to add one.

use super::code::{Effect, codes};

codes! {
    "Files with config entries" {
        /// The entry file cannot be read.
        UnreadableFile = "unreadable-file", Refused,
            "nothing in the file is checked or sent",
            "check the path, and that this user may read the file";
        /// The file is not HCL version 1.
        HclSyntax = "hcl-syntax", Refused,
            "Consul refuses the file",
            "correct the syntax at this place",
            example "Services = [ { Name = billing } ]";
        /// The file is not JSON.
        JsonSyntax = "json-syntax", Refused,
            "Consul refuses the file",
            "correct the syntax at this place";
        /// Objects or lists are nested deeper than 128 levels.
        TooDeep = "too-deep", Refused,
            "no entry needs this depth, and Consul's memory grows with its square",
            "remove the levels that are not needed";
        /// Consul crashes on this value.
        CrashesConsul = "crashes-consul", Refused,
            "the command that writes the entry ends with a panic",
            "write another value here";
        /// A key of the entry stands in its free-form `Config`, where nothing reads it.
        MisplacedKey = "misplaced-key", Warns,
            "Consul ignores the key there without a message",
            "write it beside `Config`",
            example "Config { MeshGateway { Mode = \"local\" } }";
        /// Consul cannot read a value of proxy-defaults' `Config`.
        IgnoredValue = "ignored-value", Warns,
            "Consul's proxies ignore the key",
            "write a number, or a known protocol",
            example "Config { local_connect_timeout_ms = \"5s\" }";
        /// A key at the end of a cut-off file has no value, and Consul drops it.
        MissingValue = "missing-value", Warns,
            "the entry lacks the value of the key",
            "complete or remove the key: the file may have been cut off",
            example "CAFile =";
        /// A file holds several entries where one is expected, and Consul merges them into one.
        MergedEntries = "merged-entries", Warns,
            "the result has the last `Name` and the `Services` of all",
            "use one file for each entry";
        /// A list holds something that is not an entry.
        NotAnEntry = "not-an-entry", Refused,
            "it cannot be written to Consul",
            "remove it: an entry is an object with `Kind` and `Name`";
        /// `config_entries` holds no entry.
        NoEntries = "no-entries", Refused,
            "there is nothing to write to Consul",
            "write `config_entries { bootstrap = [ { Kind = … } ] }`";
        /// A setting of an agent stands beside `config_entries`.
        AgentSetting = "agent-setting", Warns,
            "only `config_entries` is read, so the setting is not applied",
            "remove it from this file";
        /// Two files hold the same entry.
        DuplicateEntry = "duplicate-entry", Warns,
            "the one written last wins",
            "keep one of the two";
        /// `Meta` names another owner than `--owner`.
        OtherOwner = "other-owner", Refused,
            "an owner must not change or delete the entries of another",
            "apply this entry with its own `--owner`, or remove the key from its Meta";
        /// Entries of this kind have no `Meta` to keep the owner in.
        NoOwnerMark = "no-owner-mark", Warns,
            "`--prune` never deletes the entry",
            "delete it by hand when no file has it any more";
        /// The other language has no form for this value.
        Inexpressible = "inexpressible", Refused,
            "the converted entry would not be the same",
            "keep this entry in its language, or change the value";
    }
    "Fields of config entries" {
        /// The entry has no `Kind`.
        MissingKind = "missing-kind", Refused,
            "Consul refuses the entry",
            "add `Kind`, such as `Kind = \"terminating-gateway\"`";
        /// `Kind` is not a string.
        KindNotAText = "kind-not-a-text", Refused,
            "Consul refuses the entry",
            "write the kind in double quotes";
        /// Consul does not know this kind.
        UnknownKind = "unknown-kind", Refused,
            "Consul refuses the entry",
            "check the spelling, and which Consul release introduced the kind",
            example "Kind = \"terminating-gatway\"";
        /// Consul does not know this key.
        UnknownKey = "unknown-key", Refused,
            "Consul refuses the entry",
            "check the spelling, and which Consul release introduced the key",
            example "CaFiel = \"/etc/ca.pem\"";
        /// A value does not have the type that its key needs.
        WrongType = "wrong-type", Refused,
            "Consul refuses the entry",
            "write a value of that type",
            example "Services = \"billing\"";
        /// The entry has no `Name`.
        MissingName = "missing-name", Refused,
            "Consul refuses the entry",
            "add the name of the service that the entry is for";
        /// A linked service has no `Name`.
        MissingServiceName = "missing-service-name", Refused,
            "Consul refuses the entry",
            "add the name of the service, or `*`";
        /// A service is linked twice.
        DuplicateService = "duplicate-service", Refused,
            "Consul refuses the entry",
            "keep one of the two";
        /// A linked service has some, but not all, of the three files of mutual TLS.
        IncompleteTls = "incomplete-tls", Refused,
            "Consul refuses the entry",
            "give `CAFile`, `CertFile` and `KeyFile` together";
        /// `Meta` has too many pairs, or one of them is too long.
        MetaTooLarge = "meta-too-large", Refused,
            "Consul refuses the entry",
            "use at most 64 pairs, with keys of 128 bytes and values of 512 bytes";
        /// A namespace or partition is named.
        EnterpriseOnly = "enterprise-only", Refused,
            "Consul's community edition refuses the entry",
            "remove it: only Consul Enterprise has namespaces, partitions and some features";
        /// The entry proxy-defaults has another name than `global`.
        ProxyDefaultsName = "proxy-defaults-name", Refused,
            "Consul refuses the entry",
            "write `Name = \"global\"`";
        /// The address of a destination is missing or malformed.
        DestinationAddress = "destination-address", Refused,
            "Consul refuses the entry",
            "write a host name or an IP address";
        /// The port of a destination is out of range.
        DestinationPort = "destination-port", Refused,
            "Consul refuses the entry",
            "write a port from 1 to 65535";
        /// An intention has neither the action allow or deny nor permissions.
        IntentionAction = "intention-action", Refused,
            "Consul refuses the entry",
            "write `Action = \"allow\"` or `Action = \"deny\"`";
        /// An intention has no source, or one without a name.
        IntentionSources = "intention-sources", Refused,
            "Consul refuses the entry",
            "add `Sources = [ { Name = \"…\" Action = \"allow\" } ]`";
        /// The match of a route is invalid.
        RouteMatch = "route-match", Refused,
            "Consul refuses the entry",
            "give one path that starts with `/`, and one comparison for each header and parameter",
            example "PathPrefix = \"api\"";
        /// The destination of a route is invalid.
        RouteDestination = "route-destination", Refused,
            "Consul refuses the entry",
            "rewrite a prefix only where a path is matched, and use retry conditions that Consul knows";
        /// The weights of a splitter do not add up to 100.
        SplitWeights = "split-weights", Refused,
            "Consul refuses the entry",
            "give weights that add up to 100",
            example "Splits = [ { Weight = 90 } ]";
        /// A splitter names one target twice.
        RepeatedSplit = "repeated-split", Refused,
            "Consul refuses the entry",
            "add the two weights up";
        /// A resolver's subset is not defined, or has a name that Consul refuses.
        ResolverSubset = "resolver-subset", Refused,
            "Consul refuses the entry",
            "define the subset in `Subsets`, in lower-case letters, digits and dashes";
        /// The filter of a subset is not an expression.
        SubsetFilter = "subset-filter", Refused,
            "Consul refuses the entry, or finds no instance",
            "write a comparison such as `Service.Meta.version == v1`",
            example "Filter = \"Service.Meta.version = v1\"";
        /// The redirect of a resolver is invalid.
        ResolverRedirect = "resolver-redirect", Refused,
            "Consul refuses the entry",
            "name the target service, and remove any failover beside it";
        /// The failover of a resolver is invalid.
        ResolverFailover = "resolver-failover", Refused,
            "Consul refuses the entry",
            "name a defined subset or `*`, and a target for its requests";
        /// A timeout is negative.
        NegativeTimeout = "negative-timeout", Refused,
            "Consul refuses the entry",
            "write a duration such as `5s`";
        /// A load balancer's settings do not go together.
        LoadBalancer = "load-balancer", Refused,
            "Consul refuses the entry",
            "give a policy only the settings that it has";
        /// A listener of a gateway is invalid.
        GatewayListener = "gateway-listener", Refused,
            "Consul refuses the entry",
            "give each listener its own port, a known protocol, and the services that the protocol allows";
        /// A host name of a gateway is invalid.
        GatewayHost = "gateway-host", Refused,
            "Consul refuses the entry",
            "write a DNS name; only its first label may be `*`";
        /// An intention names one source twice.
        DuplicateSource = "duplicate-source", Refused,
            "Consul refuses the entry",
            "keep one of the two, with the intended action";
        /// The permissions of an intention are invalid.
        IntentionPermissions = "intention-permissions", Refused,
            "Consul refuses the entry",
            "give a source an action or permissions, and each permission an action and an HTTP match";
        /// A service-defaults entry has the name `*`.
        WildcardName = "wildcard-name", Refused,
            "Consul refuses the entry",
            "name one service, and put settings for all services into proxy-defaults";
        /// The configuration of an upstream is invalid.
        UpstreamConfig = "upstream-config", Refused,
            "Consul refuses the entry",
            "name the service of each override, and none for the defaults";
        /// The access log settings are invalid.
        AccessLogs = "access-logs", Refused,
            "Consul refuses the entry",
            "choose stdout, stderr or file with a path, and one format";
        /// A setting has a value that Consul does not know.
        UnknownMode = "unknown-mode", Refused,
            "Consul refuses the entry",
            "write one of the known values";
        /// Consul does not know this Envoy extension, or the extension lacks arguments.
        EnvoyExtension = "envoy-extension", Refused,
            "Consul refuses the entry",
            "name a built-in extension and give it the arguments that it needs";
        /// The TLS versions or cipher suites are invalid.
        TlsSettings = "tls-settings", Refused,
            "Consul refuses the entry",
            "write versions such as `TLSv1_2`, the lowest first, and cipher suites that Envoy has",
            example "TLSMinVersion = \"1.2\"";
        /// An exported-services entry is invalid.
        ExportedServices = "exported-services", Refused,
            "Consul refuses the entry",
            "write `Name = \"default\"`, and give each service at least one consumer, each with one of Peer, Partition and SamenessGroup";
        /// A provider of JSON web tokens is invalid.
        JwtProvider = "jwt-provider", Refused,
            "Consul refuses the entry",
            "give one set of keys, local or remote, and one place in each location";
        /// A limit for requests to the servers is invalid.
        RequestLimit = "request-limit", Refused,
            "Consul refuses the entry",
            "give a known mode, and rates that are not negative";
        /// A sameness group is invalid.
        SamenessGroup = "sameness-group", Refused,
            "Consul refuses the entry",
            "name members once each, by partition or peer";
        /// A route of an API gateway is invalid.
        GatewayRoute = "gateway-route", Refused,
            "Consul refuses the entry",
            "use a known match type, start paths with `/`, and name each parent once";
        /// A certificate of an API gateway lacks the certificate or its key.
        GatewayCertificate = "gateway-certificate", Refused,
            "Consul refuses the entry",
            "give both the certificate and its key";
        /// The protocol of a service is not the one that a router, splitter, listener or permission for it needs.
        ChainProtocol = "chain-protocol", Refused,
            "Consul refuses the entry",
            "give the service's service-defaults the protocol that is needed";
        /// A subset is used that the resolver of its service does not have.
        ChainSubset = "chain-subset", Refused,
            "Consul refuses the entry",
            "define the subset in the resolver of the service, or use another";
        /// The redirects of resolvers lead back to where they began.
        ChainLoop = "chain-loop", Refused,
            "Consul refuses the entry",
            "remove one of the redirects";
        /// A service outside the mesh, with an `ExternalSNI`, has a redirect, subsets or a failover.
        ChainExternal = "chain-external", Refused,
            "Consul refuses the entry",
            "remove the ExternalSNI from its service-defaults, or what its resolver has beside";
        /// An ingress gateway and a terminating gateway have one name.
        GatewayNameTaken = "gateway-name-taken", Refused,
            "Consul refuses the entry",
            "give one of the two another name, or delete it";
        /// Intentions name a JWT provider that does not exist.
        UnknownJwtProvider = "unknown-jwt-provider", Refused,
            "Consul refuses the entry",
            "apply the jwt-provider entry with these intentions, or before them";
        /// Permissive mutual TLS is asked for, and the mesh entry does not allow it.
        PermissiveNotAllowed = "permissive-not-allowed", Refused,
            "Consul refuses the entry",
            "use strict mutual TLS, or set `AllowEnablingPermissiveMutualTLS = true` in the mesh entry";
        /// A key is given in two spellings.
        AmbiguousSpelling = "ambiguous-spelling", Warns,
            "one of the two is ignored, and which one can be chance",
            "write the key once";
        /// A key is given more than once.
        RepeatedKey = "repeated-key", Warns,
            "only the last one counts",
            "write it once";
        /// A list is given more than once.
        RepeatedList = "repeated-list", Warns,
            "the items of all of them add up",
            "write it once";
        /// A boolean or a number becomes a string.
        ConvertedValue = "converted-value", Warns,
            "the string is rarely the intended one",
            "write the value in double quotes",
            example "CAFile = true";
        /// A TLS field is an empty string, which counts as not given.
        EmptyValue = "empty-value", Warns,
            "the gateway does not use TLS, although the field may have been meant to enable it",
            "remove it, or find out why it is empty: is a variable unset?";
        /// A path or an SNI is only white space.
        BlankValue = "blank-value", Warns,
            "no file and no server has such a name",
            "remove it";
        /// A heredoc keeps its last line end.
        TrailingLineEnd = "trailing-line-end", Warns,
            "the name or path is not what it appears to be",
            "write the value in double quotes";
        /// A name or path holds control characters, often from a single backslash.
        ControlCharacter = "control-character", Warns,
            "the name or path is not what it appears to be",
            "write `\\\\` for a backslash",
            example "CAFile = \"C:\\new\\tls.pem\"";
        /// A template or variable is stored as it is.
        UnexpandedTemplate = "unexpanded-template", Warns,
            "neither Consul nor Envoy expands it",
            "expand it before you write the entry, for example with envsubst",
            example "Name = \"${GATEWAY}\"";
        /// A path holds the content of a file.
        InlinePem = "inline-pem", Warns,
            "Envoy looks for a file with this name and finds none",
            "write the content to a file on the gateway's host, and its path here";
        /// A path is relative.
        RelativePath = "relative-path", Warns,
            "it depends on the directory where Envoy is started",
            "write the full path";
        /// A name has spaces around it.
        PaddedName = "padded-name", Warns,
            "the spaces are part of the name, so it matches no service",
            "remove the spaces";
        /// A name holds a combining character.
        CombiningCharacter = "combining-character", Warns,
            "to Consul it is not the same name as the one with the composed letter",
            "use the composed letter";
        /// An entry with this name is hard to read or delete again.
        UnaddressableName = "unaddressable-name", Warns,
            "Consul puts the name into a URL unchanged",
            "use letters, digits and dashes";
        /// An index in a file is ignored.
        IgnoredIndex = "ignored-index", Warns,
            "the write is not a check-and-set, and overwrites the changes of others",
            "remove it, and use `-cas -modify-index`";
        /// Insecure permissive mutual TLS is allowed.
        PermissiveMutualTls = "permissive-mutual-tls", Warns,
            "services may then accept connections without mutual TLS",
            "set it to false once no service needs it";
        /// Envoy would refuse a bootstrap with this value.
        RefusedByEnvoy = "refused-by-envoy", Refused,
            "Envoy does not start, for this gateway or any other proxy with the value",
            "correct the value: Envoy's API documents the field";
        /// Consul does not know this protocol.
        UnknownProtocol = "unknown-protocol", Warns,
            "the service is treated as tcp",
            "use tcp, http, http2 or grpc";
    }
    "Links of a gateway" {
        /// The gateway has no linked services.
        NoServices = "no-services", Warns,
            "it accepts no connections",
            "add `Services = [ { Name = \"…\" } ]`";
        /// The gateway is linked to itself.
        LinksItself = "links-itself", Warns,
            "requests would loop",
            "remove this service";
        /// The service of the Consul servers is linked.
        LinksConsul = "links-consul", Warns,
            "clients in the mesh can reach the Consul servers through the gateway",
            "remove this service unless that is intended";
        /// A name with `*` among other characters matches nothing.
        PartialWildcard = "partial-wildcard", Warns,
            "only `*` alone is a wildcard",
            "write `*`, or the full name of a service";
        /// Two linked services differ only in case.
        SameButForCase = "same-but-for-case", Warns,
            "Consul ignores case in the names of linked services, and the last one wins",
            "keep one";
        /// A linked service has an SNI and no CAFile.
        SniWithoutCa = "sni-without-ca", Warns,
            "the gateway speaks plain TCP to the service",
            "add `CAFile` to speak TLS, or remove `SNI`",
            example "{ Name = \"billing\" SNI = \"billing.example\" }";
        /// The gateway speaks TLS to the service without checking the server's name.
        TlsWithoutSni = "tls-without-sni", Warns,
            "any server with a certificate of the CA is accepted",
            "add `SNI` with the host name in the service's certificate",
            example "{ Name = \"billing\" CAFile = \"/etc/ca.pem\" }";
        /// One SNI is sent to every service of the wildcard.
        WildcardSni = "wildcard-sni", Warns,
            "servers with other names in their certificates are refused",
            "list the services that need an SNI one by one";
        /// A service listed next to a TLS wildcard is reached without TLS.
        WildcardTlsNotInherited = "wildcard-tls-not-inherited", Warns,
            "a service listed by name inherits nothing from `*`",
            "repeat the TLS fields here, or remove this service";
        /// CertFile and KeyFile are the same file.
        SameCertAndKey = "same-cert-and-key", Warns,
            "whoever may read the certificate can read the key",
            "make sure that the file holds both, and that only the gateway can read it";
        /// CertFile and KeyFile seem to be swapped.
        SwappedCertAndKey = "swapped-cert-and-key", Warns,
            "Envoy refuses a key in place of a certificate",
            "swap the two paths";
    }
    "TLS files" {
        /// A TLS file does not exist on this host.
        FileMissing = "file-missing", Judged,
            "Envoy refuses what uses the file",
            "create it, or run this check on the gateway's host";
        /// A TLS file cannot be read.
        FileUnreadable = "file-unreadable", Judged,
            "Envoy runs as the user that starts the gateway, and cannot read it either",
            "let the gateway's user read the file";
        /// A TLS file holds no PEM.
        FileNotPem = "file-not-pem", Refused,
            "Envoy refuses what uses the file",
            "convert the file to PEM";
        /// BoringSSL, the TLS library of Envoy, cannot read a PEM block.
        BrokenPem = "broken-pem", Refused,
            "Envoy refuses what uses the file",
            "export the file again, as PEM";
        /// A certificate file holds no certificate.
        NoCertificate = "no-certificate", Refused,
            "Envoy refuses what uses the file",
            "name the file that holds the certificate";
        /// A PEM block of a certificate file is not a certificate.
        BrokenCertificate = "broken-certificate", Refused,
            "Envoy refuses what uses the file",
            "export the certificate again, as PEM";
        /// Envoy does not accept a certificate with this key.
        UnusableCertificate = "unusable-certificate", Refused,
            "Envoy refuses what uses the file",
            "use an RSA key of at least 2048 bits, ECDSA on P-256, P-384 or P-521, or Ed25519";
        /// A key file holds no private key.
        NoPrivateKey = "no-private-key", Refused,
            "Envoy refuses what uses the file",
            "name the file that holds the private key";
        /// The PEM block of a key file is not a private key.
        BrokenKey = "broken-key", Refused,
            "Envoy refuses what uses the file",
            "export the key again, as PEM";
        /// The private key is encrypted.
        EncryptedKey = "encrypted-key", Refused,
            "Envoy has no password for it",
            "decrypt it: `openssl pkey -in OLD -out NEW`";
        /// The private key does not belong to the certificate.
        KeyMismatch = "key-mismatch", Refused,
            "Envoy refuses the pair",
            "name the key that the certificate was made for";
        /// The private key and the certificate use different algorithms.
        KeyOfAnotherKind = "key-of-another-kind", Refused,
            "Envoy refuses the pair",
            "name the key that the certificate was made for";
        /// Every user of the host may read the private key.
        KeyReadableByAll = "key-readable-by-all", Warns,
            "whoever can read it can impersonate the gateway",
            "chmod 600, with the gateway's user as its owner";
        /// A certificate has expired.
        CertificateExpired = "certificate-expired", Judged,
            "connections that depend on it fail",
            "renew it";
        /// A certificate is not valid yet.
        CertificateNotYetValid = "certificate-not-yet-valid", Judged,
            "connections that depend on it fail",
            "check the clock of this host";
        /// A certificate is valid for less than 30 days.
        CertificateExpiresSoon = "certificate-expires-soon", Warns,
            "connections that depend on it then fail",
            "renew it";
        /// An expired CA comes before its renewed copy, and only the first one counts.
        CertificateHidesRenewed = "certificate-hides-renewed", Judged,
            "Envoy refuses every server",
            "remove the old certificate from the file, or put it after the new one";
        /// A TLS file cannot be loaded on this host.
        TlsFileUnusable = "tls-file-unusable", Closes,
            "Envoy refuses what uses the file",
            "correct the file; the gateway notices by itself";
        /// A TLS file can no longer be used, and its last good content stays in use.
        TlsFileStale = "tls-file-stale", Warns,
            "the content in use will expire",
            "correct the file; the gateway notices by itself";
        /// A certificate in use has expired or is not valid yet.
        TlsCertificateInvalid = "tls-certificate-invalid", Warns,
            "connections to the external service fail",
            "renew the certificate, or correct the clock of this host";
        /// TLS settings have no effect.
        TlsIgnored = "tls-ignored", Warns,
            "the connection is not protected as the entry suggests",
            "add `CAFile`, or remove the other TLS fields";
    }
    "Flags and variables" {
        /// A flag has no effect in this combination.
        FlagWithoutEffect = "flag-without-effect", Warns,
            "the command does not do what the command line suggests",
            "remove the flag, or add the one that it depends on",
            example "connect envoy -gateway=terminating -address=10.0.0.1:8443";
        /// A flag, variable or file is empty and counts as not given.
        EmptySetting = "empty-setting", Warns,
            "the next source of the setting is used, if there is one",
            "set it, or remove it";
        /// A variable that should be true or false has another value, and counts as unset.
        NotABoolean = "not-a-boolean", Warns,
            "Consul's commands ignore such a value without a warning",
            "write true or false",
            example "CONSUL_HTTP_SSL=maybe";
        /// The service ID comes from a variable, which may be left over from a sidecar.
        LeftoverVariable = "leftover-variable", Warns,
            "the command may act on a service other than the intended one",
            "unset the variable, or name the service with a flag";
        /// A flag is deprecated.
        DeprecatedFlag = "deprecated-flag", Warns,
            "a later release of Consul or termgate may remove it",
            "use its replacement";
        /// A word without a dash ends the flags.
        WordEndsFlags = "word-ends-flags", Warns,
            "the word and everything after it are passed to Envoy",
            "write `--` before Envoy's own arguments",
            example "connect envoy -register false";
        /// The agent deregisters a failing gateway later than the flag says, or never.
        DeregisterDelay = "deregister-delay", Warns,
            "the agent rounds short times up to a minute, and never acts on negative ones",
            "write a duration of at least a minute, such as 30m or 6h";
        /// A suppression matches no finding.
        UnusedSuppression = "unused-suppression", Informs,
            "it may be misspelt, or left over from a problem that is fixed",
            "remove it, or check the subject after `=`";
        /// A failure cannot be suppressed.
        NotSuppressible = "not-suppressible", Informs,
            "Consul or Envoy would still refuse it",
            "correct the cause of the failure";
    }
    "Addresses and registration" {
        /// An address template cannot be evaluated.
        TemplateFails = "template-fails", Refused,
            "without an address the gateway cannot be registered",
            "correct the template at the place that the message names",
            example "{{ GetPrivateIP }:8443";
        /// An address template renders to nothing on this host.
        EmptyTemplate = "empty-template", Refused,
            "Consul registers the gateway without an address, and clients cannot find it",
            "name an interface that has an address",
            example "{{ GetInterfaceIP \"lo\" }}:8443";
        /// An address template gives several addresses where one is needed.
        SeveralAddresses = "several-addresses", Refused,
            "a gateway has one address of each kind",
            "end the template with `| limit 1 | attr \"address\"`, or name one interface",
            example "{{ GetPrivateIPs }}:8443";
        /// An IPv6 address has no brackets or no port.
        Ipv6WithoutBrackets = "ipv6-without-brackets", Refused,
            "it is not clear where the address ends and the port begins",
            "write [ADDRESS]:PORT",
            example "2001:db8::1:8443";
        /// An address is neither an IP address nor a host name, or cannot be used for this flag.
        BadAddress = "bad-address", Refused,
            "clients cannot connect to it, or Envoy cannot listen on it",
            "write IP:PORT with an address of this host";
        /// A port is not a number from 1 to 65535.
        BadPort = "bad-port", Refused,
            "nothing can listen on it",
            "write a port from 1 to 65535";
        /// The LAN address is not an address of this host.
        AddressOfAnotherHost = "address-of-another-host", Refused,
            "Envoy cannot listen on it",
            "give an address of this host, or set where to listen with `--bind-address`";
        /// A bind address has no name.
        UnnamedListener = "unnamed-listener", Refused,
            "each listener needs its own name",
            "write NAME=IP:PORT";
        /// Two bind addresses have the same address and port.
        ListenersClash = "listeners-clash", Refused,
            "Envoy refuses the second one",
            "give each its own port";
        /// An address flag has a port but no address.
        NoAddress = "no-address", Warns,
            "the flag does not say where the gateway is",
            "write the address before the port",
            example "--address :8443";
        /// The address is a loopback address.
        LoopbackAddress = "loopback-address", Warns,
            "only processes on this host can reach the gateway",
            "give an address that clients on other hosts can reach";
        /// The WAN address is a wildcard.
        WildcardWanAddress = "wildcard-wan-address", Warns,
            "other datacenters cannot connect to a wildcard",
            "give an address of this host";
        /// The WAN address is public.
        PublicWanAddress = "public-wan-address", Warns,
            "Consul advises against exposing a terminating gateway to the internet",
            "give a private address";
        /// The result of a template is not an address that a gateway can have.
        UnfitAddress = "unfit-address", Warns,
            "a registration with this template is refused",
            "use a template that gives one IP address, in brackets if it is IPv6",
            example "{{ GetPrivateIPs }}";
        /// The interface of an address is down.
        InterfaceDown = "interface-down", Warns,
            "clients cannot reach the address",
            "bring the interface up, or give another address";
        /// A bind address is not an address of this host.
        ForeignBindAddress = "foreign-bind-address", Warns,
            "Envoy cannot listen on it unless it runs elsewhere or the address appears later",
            "give an address of this host";
        /// A bind address is given more than once under one name.
        BindNameTwice = "bind-name-twice", Warns,
            "only the last one counts",
            "give each listener its own name";
        /// The health check connects to a port where nothing listens.
        HealthCheckMisses = "health-check-misses", Warns,
            "the check fails, and clients no longer find the gateway",
            "give one of the bind addresses the port of `--address`";
        /// A registration drops settings of the current one.
        RegistrationLoses = "registration-loses", Warns,
            "a registration replaces the whole earlier one",
            "keep these settings in a service definition file, and give it with `--config FILE`";
        /// Another service of the agent has the gateway's address and port.
        AddressShared = "address-shared", Warns,
            "only one process can listen there",
            "give the gateway another address or port";
        /// Someone else registered the gateway's ID with another address.
        ForeignRegistration = "foreign-registration", Warns,
            "clients in the mesh connect to the address that was registered last",
            "stop the other gateway, or give this one its own ID with `--service-id`";
        /// The agent's answer is unexpected, or is about another service.
        UnexpectedAnswer = "unexpected-answer", Warns,
            "something other than a Consul agent may be listening there",
            "check the address of the agent";
        /// The token may not read the agent's own settings.
        AgentReadMissing = "agent-read-missing", Warns,
            "the agent's release and ports are unknown, so newer rules or the default ports are assumed",
            "add `agent_prefix \"\" { policy = \"read\" }` to the token's policy";
        /// ACLs are on, and Envoy gets no token.
        NoToken = "no-token", Warns,
            "Consul does not answer an Envoy without a token",
            "give a token with `--token-file` or CONSUL_HTTP_TOKEN";
        /// The token lacks a right that the gateway needs.
        RightMissing = "right-missing", Judged,
            "the agent refuses or hides what the gateway needs",
            "add the rule to the token's policy: `termgate acl policy` prints all of them";
        /// The gateway's entry cannot be read, so its linked services are not known.
        LinksUnknown = "links-unknown", Warns,
            "rights on the linked services cannot be checked",
            "give the token service:write on the gateway, and check again";
        /// The name of a service is not a DNS name.
        NotADnsName = "not-a-dns-name", Warns,
            "Consul's DNS does not find the service",
            "use letters, digits and hyphens";
        /// The gateway of a link has no entry, and no service of its name is registered.
        UnknownGateway = "unknown-gateway", Warns,
            "the link has no effect until a gateway of that name runs",
            "check the name of the gateway, or register it";
        /// A service is not linked to the gateway.
        NotLinked = "not-linked", Warns,
            "the gateway has no way to a service that its entry does not name",
            "link the service: `termgate services link SERVICE`";
        /// The service of a link is not registered.
        UnregisteredService = "unregistered-service", Warns,
            "the gateway has no address to send requests to",
            "check the name of the service, or register it with `termgate services register`";
        /// The catalog does not show whether the gateway and the service of a link are registered.
        UncheckedLink = "unchecked-link", Warns,
            "a misspelt name has no effect, and no warning",
            "check both names yourself";
        /// A key of a service definition is unknown.
        UnknownDefinitionKey = "unknown-definition-key", Warns,
            "an agent that does not know the key ignores it",
            "check the spelling of the key";
        /// No gateway of this name is registered with the agent.
        GatewayElsewhere = "gateway-elsewhere", Warns,
            "changes in its Envoy are not known here",
            "use the agent on the gateway's host";
    }
    "Bootstrap and xDS" {
        /// Envoy's admin server listens where others can reach it.
        AdminExposed = "admin-exposed", Warns,
            "whoever reaches it has full control of this Envoy",
            "bind it to a loopback address";
        /// A setting of the gateway's `Proxy.Config` is invalid.
        BadProxyConfig = "bad-proxy-config", Warns,
            "the gateway runs without the setting",
            "correct the setting in the registration or in proxy-defaults";
        /// Nothing reads this key of the gateway's `Proxy.Config`.
        UnknownProxyConfig = "unknown-proxy-config", Warns,
            "the gateway runs without the setting",
            "check the spelling of the key",
            example "envoy_stats_bind_adr = \"0.0.0.0:9102\"";
        /// The gateway's own `Proxy.Config` is left out.
        ProxyConfigLeftOut = "proxy-config-left-out", Warns,
            "`--no-central-config` leaves out the registration's settings, too",
            "remove `--no-central-config` if the gateway needs its Proxy.Config";
        /// Tags of the metrics are lost.
        StatsTagsLost = "stats-tags-lost", Warns,
            "envoy_stats_config_json replaces what envoy_stats_tags adds",
            "put the tags into envoy_stats_config_json";
        /// The URL of a socket loses the first part of its path.
        SocketUrl = "socket-url", Warns,
            "the metrics go to a socket that nothing reads",
            "write `unix://` and then the full path, with three slashes in a row",
            example "unix://var/run/statsd.sock";
        /// TLS of the metrics endpoint applies elsewhere, or protects less than it seems.
        PrometheusTls = "prometheus-tls", Warns,
            "anyone who can connect to the endpoint can read the metrics",
            "set envoy_prometheus_bind_addr to an address that only Prometheus can reach";
        /// Envoy is configured for gRPC on this host, but the agent is on another.
        GrpcElsewhere = "grpc-elsewhere", Warns,
            "Envoy reaches no gRPC server at this address",
            "give `--grpc-addr`";
        /// The agent's gRPC port speaks TLS, but Envoy is configured without it.
        GrpcSpeaksTls = "grpc-speaks-tls", Warns,
            "Envoy gets no configuration",
            "write https:// before the address";
        /// The agent's gRPC port cannot be reached.
        GrpcUnreachable = "grpc-unreachable", Warns,
            "Envoy keeps trying, and serves nothing until the port answers",
            "check that gRPC is on (`ports.grpc`), and the address";
        /// This Consul can fail to send the TLS secrets of services with a CAFile and no CertFile.
        OneWayTlsUnserved = "one-way-tls-unserved", Warns,
            "requests to these services are answered with 503",
            "use `termgate run` with `--config-source direct`, or set CertFile and KeyFile";
        /// The version of Envoy cannot be read.
        EnvoyVersionUnknown = "envoy-version-unknown", Warns,
            "an Envoy that this Consul does not support serves nothing",
            "check that the executable is Envoy";
        /// The agent does not list the Envoy releases that it supports.
        EnvoysNotListed = "envoys-not-listed", Warns,
            "an Envoy that this Consul does not support serves nothing",
            "compare the versions with Consul's documentation";
    }
    "The gateway" {
        /// The gateway has no config entry.
        NoEntry = "no-entry", Closes,
            "without an entry no service is linked to the gateway",
            "link a service: `termgate services link SERVICE`";
        /// The mesh has no CA.
        NoRoots = "no-roots", Closes,
            "without a CA no client of the mesh can be verified",
            "enable Consul's service mesh (`connect { enabled = true }`) on the servers";
        /// The gateway has no address to listen on.
        NoListener = "no-listener", Closes,
            "no client can connect",
            "register the gateway with an address of this host";
        /// Envoy cannot listen on an address.
        BadBind = "bad-bind", Warns,
            "clients that use this address cannot connect",
            "correct the address in the registration or its Proxy.Config";
        /// Envoy has lost an address that it listened on, or shares it.
        ListenerLost = "listener-lost", Closes,
            "connections to the gateway do not reach its Envoy",
            "stop the other process that listens there";
        /// Envoy is stopped or stuck.
        EnvoyUnresponsive = "envoy-unresponsive", Closes,
            "no connection is served, and no change is applied",
            "check Envoy's process: is it stopped, or short of CPU time?";
        /// Envoy has used up its share of the memory limit, and sheds load.
        MemoryPressure = "memory-pressure", Warns,
            "new connections are refused, new requests get 503, and connections that send much are closed",
            "raise the memory limit of the container or the unit, or run more gateways";
        /// The memory limit leaves Envoy too little, or is not the one that counts.
        MemoryLimitSmall = "memory-limit-small", Warns,
            "Envoy sheds load early, or the kernel slows it down",
            "raise the memory limit";
        /// The default action could not be read.
        DefaultIntentionAssumed = "default-intention-assumed", Warns,
            "connections that no intention decides are denied, even if the mesh allows them by default",
            "let the token read the agent (`agent:read`) or intentions";
        /// A setting of `proxy-defaults` or `mesh` is invalid.
        BadEntrySetting = "bad-entry-setting", Warns,
            "the gateway runs without the setting",
            "correct the setting in the entry";
        /// An intention names the gateway itself as its destination.
        IntentionOnGateway = "intention-on-gateway", Warns,
            "intentions apply to the destination service, never to the gateway, so this one has no effect",
            "name the linked service as the destination";
    }
    "Linked services" {
        /// To Envoy this name is the same as another one.
        DuplicateName = "duplicate-name", Closes,
            "requests could reach the wrong service",
            "rename one of the services";
        /// Envoy would misread a name.
        BadName = "bad-name", Closes,
            "requests could reach the wrong service",
            "rename the service: use letters, digits and hyphens";
        /// The token cannot see the link of this service.
        LinkHidden = "link-hidden", Closes,
            "Consul leaves out what the token may not read, without an error",
            "give the gateway's token service:read on the service";
        /// The service is not in the gateway's namespace and partition (Enterprise).
        OtherNamespace = "other-namespace", Closes,
            "direct mode does not render namespaces and partitions",
            "use `--config-source xds`, or link a service of the gateway's own namespace";
        /// The agent issues no certificate for the service.
        NoLeaf = "no-leaf", Closes,
            "without a certificate the gateway cannot terminate mTLS for the service",
            "give the gateway's token service:write on the service";
        /// Data about the service has an unexpected form.
        Unreadable = "unreadable", Closes,
            "settings that cannot be read cannot be enforced",
            "correct the entry that the message names";
        /// The agent does not return the service's instances or its certificate.
        Unanswered = "unanswered", Closes,
            "only the agent provides the instances and the certificate",
            "check the agent's log; the gateway keeps retrying";
        /// The catalog has no instance of the service.
        NoInstance = "no-instance", Closes,
            "there is nothing to send requests to",
            "register the service: `termgate services register SERVICE --address HOST --port PORT`";
        /// No instance of the service is healthy.
        NoHealthyInstance = "no-healthy-instance", Warns,
            "requests can fail",
            "check the service's health checks";
        /// An instance cannot be reached as registered.
        BadInstance = "bad-instance", Warns,
            "the instance gets no requests",
            "register it with a host name or an IP address, and a port";
        /// An instance has an address that no service should have.
        ForbiddenAddress = "forbidden-address", Closes,
            "clients of the service could reach addresses that only the gateway's host should reach",
            "register the service with its own address, or allow this one with `--allow-address`";
        /// An instance has a link-local address.
        LinkLocalAddress = "link-local-address", Warns,
            "the host that it reaches depends on the machine that the gateway runs on",
            "register the service with an address that is the same from everywhere";
        /// An instance has a loopback address.
        LoopbackUpstream = "loopback-upstream", Informs,
            "requests end on the host of whichever gateway serves them",
            "nothing to do if the server runs beside the gateway; else register it with an address of its own";
        /// IP addresses are not used beside host names.
        AddressesIgnored = "addresses-ignored", Warns,
            "some instances get no requests",
            "register all instances with host names, or all with IP addresses";
        /// Only one host name is used.
        HostnamesIgnored = "hostnames-ignored", Warns,
            "some instances get no requests",
            "register one instance with a host name that covers all of them";
        /// Requests go to port 443 without TLS.
        PlaintextToHttps = "plaintext-to-https", Warns,
            "a server on this port expects TLS and refuses requests without it",
            "add `CAFile` and `SNI` to the link, or correct the port";
        /// Connections to port 443 are forwarded unchanged.
        ClientTlsExpected = "client-tls-expected", Informs,
            "a server on this port expects TLS, and the gateway adds none to connections of a tcp service",
            "let the client speak TLS itself, or add `CAFile` and `SNI` to the link";
        /// Envoy refused a part of the service's configuration.
        EnvoyRefused = "envoy-refused", Closes,
            "Envoy has no usable configuration for the service",
            "correct the setting that the message names";
        /// A setting of the service's resolver is not applied by terminating gateways.
        ResolverIgnored = "resolver-ignored", Warns,
            "requests are not routed as the entry says",
            "remove the setting, or route in the client's own proxy";
        /// A subset's filter is not understood.
        BadFilter = "bad-filter", Warns,
            "the subset has no instances",
            "correct the filter in the service-resolver";
        /// An entry is not applied, because its name differs in case from the service's.
        EntryIgnored = "entry-ignored", Warns,
            "the service runs without the entry's settings",
            "write the entry under the service's exact name";
        /// An Envoy extension that direct mode does not know may apply to the gateway.
        ExtensionUnknown = "extension-unknown", Closes,
            "the extension may be what protects the service",
            "use `--config-source xds`, or remove the extension";
        /// An Envoy extension is not applied.
        ExtensionIgnored = "extension-ignored", Warns,
            "the service runs without the extension",
            "correct or remove the extension";
    }
    "Intentions" {
        /// An intention requires a JWT.
        JwtUnsupported = "jwt-unsupported", Closes,
            "the gateway cannot enforce the intention",
            "use `--config-source xds`, or an intention without a JWT";
        /// An intention holds a value that Envoy would refuse.
        IntentionRefused = "intention-refused", Closes,
            "the gateway cannot enforce the intention",
            "correct the intention";
        /// Intentions name more sources than Envoy can check.
        TooManySources = "too-many-sources", Closes,
            "the gateway cannot enforce the intentions",
            "use fewer intentions, or a wildcard";
        /// A tcp service has L7 permissions.
        PermissionsOnTcp = "permissions-on-tcp", Warns,
            "a tcp service has no requests to match",
            "set the service's protocol to http, or remove the permissions";
        /// A request with another spelling of its path bypasses a rule of an intention.
        PathRuleBypass = "path-rule-bypass", Warns,
            "a denied request can get through",
            "match a prefix, and let the gateway normalise paths";
        /// A rule of an intention names a path that Envoy never sees.
        PathRuleUnmatched = "path-rule-unmatched", Warns,
            "the rule never applies",
            "write the path as Envoy sees it after normalisation";
        /// An intention names a source in a cluster peer.
        PeerIgnored = "peer-ignored", Warns,
            "the source cannot be recognised",
            "remove the source, or use `--config-source xds`";
    }
    "External servers" {
        /// Nothing listens at the server's address.
        UpstreamRefused = "upstream-refused", Warns,
            "requests to this server fail",
            "start the server, or correct its address in the catalog";
        /// The server does not answer.
        UpstreamTimeout = "upstream-timeout", Warns,
            "requests to this server fail",
            "check the network and the firewalls between the gateway and the server";
        /// The system cannot connect to the server.
        UpstreamUnreachable = "upstream-unreachable", Warns,
            "requests to this server fail",
            "check the routes of the gateway's host";
        /// The server's host name has no usable address.
        UpstreamUnresolved = "upstream-unresolved", Warns,
            "requests to this server fail",
            "check the name in the catalog and the resolver of the gateway's host";
        /// The server's certificate has other names, or the server does not know the name that is sent.
        UpstreamTlsName = "upstream-tls-name", Warns,
            "the gateway does not send requests to a server that it cannot verify",
            "set `SNI` of the link to a name in the server's certificate";
        /// The server's certificate was not issued by any of the CAs.
        UpstreamTlsCa = "upstream-tls-ca", Warns,
            "the gateway does not send requests to a server that it cannot verify",
            "add the CA of the server's certificate to the `CAFile` of the link";
        /// A certificate has expired.
        UpstreamTlsExpired = "upstream-tls-expired", Warns,
            "the gateway does not send requests to a server that it cannot verify",
            "renew the certificate";
        /// The gateway and the server have no TLS version, curve, cipher or signature in common.
        UpstreamTlsVersion = "upstream-tls-version", Warns,
            "requests to this server fail",
            "enable TLS 1.2 or newer on the server";
        /// A TLS handshake fails for another reason.
        UpstreamTlsFailed = "upstream-tls-failed", Warns,
            "requests to this server fail",
            "check the server's log";
        /// The server does not speak TLS, and the gateway does.
        UpstreamPlaintext = "upstream-plaintext", Warns,
            "requests to this server fail",
            "remove the TLS fields of the link, or correct the port";
        /// The server speaks TLS, and the gateway does not.
        UpstreamSpeaksTls = "upstream-speaks-tls", Warns,
            "requests to this server fail",
            "add `CAFile` and `SNI` to the link";
        /// The server requires a client certificate, or a different one.
        UpstreamClientCertificate = "upstream-client-certificate", Warns,
            "requests to this server fail",
            "set `CertFile` and `KeyFile` of the link to a certificate that the server accepts";
    }
    "The agent and its token" {
        /// The agent does not answer.
        AgentUnreachable = "agent-unreachable", Judged,
            "without an agent the gateway gets no certificates and no changes",
            "check that the agent runs, and the address in CONSUL_HTTP_ADDR or --http-addr";
        /// The agent has no server to ask.
        NoLeader = "no-leader", Judged,
            "the gateway gets no certificates and no changes",
            "check the Consul servers, and that the agent can reach them";
        /// The agent is older than Consul 1.8.
        AgentTooOld = "agent-too-old", Judged,
            "terminating gateways came with Consul 1.8",
            "upgrade Consul to 1.8 or newer";
        /// The agent runs on another host.
        AgentRemote = "agent-remote", Warns,
            "its TCP check connects from there, and one that ends takes the gateway of this host with it",
            "use the agent of the gateway's host",
            example "CONSUL_HTTP_ADDR=consul.example:8500";
        /// The service mesh is switched off on the agent.
        ConnectDisabled = "connect-disabled", Judged,
            "without it there are no certificates, so no client can be verified",
            "set `connect { enabled = true }` on the servers and the agent, and restart them";
        /// The clocks of this host and of the agent differ.
        ClockSkew = "clock-skew", Warns,
            "a new certificate can be rejected as not valid yet, an old one accepted",
            "synchronise both clocks (NTP)";
        /// The gateway or an instance is of another datacenter than the agent.
        DatacenterDiffers = "datacenter-differs", Warns,
            "a terminating gateway reaches the services of its own datacenter",
            "register it in the agent's datacenter";
        /// Consul does not know the token.
        TokenUnknown = "token-unknown", Judged,
            "every request with it is refused",
            "give a token of this cluster with --token-file or CONSUL_HTTP_TOKEN";
        /// The token expires within a day.
        TokenExpires = "token-expires", Warns,
            "once it has expired, the gateway gets no certificates and no changes",
            "create a token that lives longer, and give it with --token-file";
        /// The token lacks `node:read`.
        NodeReadMissing = "node-read-missing", Judged,
            "the agent leaves out instances on nodes that the token may not read, without an error",
            "add `node_prefix \"\" { policy = \"read\" }` to the token's policy";
        /// The token lacks `service:write` on the gateway.
        GatewayWriteMissing = "gateway-write-missing", Judged,
            "the agent refuses to register the gateway, and over xDS to configure it",
            "add `service \"GATEWAY\" { policy = \"write\" }` to the token's policy";
        /// The token lacks `service:write` on a linked service.
        ServiceWriteMissing = "service-write-missing", Judged,
            "the agent issues no certificate for the service, so the gateway cannot serve it",
            "add `service \"SERVICE\" { policy = \"write\" }` to the token's policy";
        /// The agent refused something that the checks need.
        NotAnswered = "not-answered", Warns,
            "checks that need the answer are skipped",
            "let the token read it, or check the agent's log";
    }
    "The gateway's registration" {
        /// The agent has no service of the gateway's ID.
        GatewayNotRegistered = "gateway-not-registered", Judged,
            "clients in the mesh find a gateway only if it is registered",
            "start it with `termgate run`, or register it with `termgate register`";
        /// A service of another kind is registered under the gateway's ID.
        GatewayOfAnotherKind = "gateway-of-another-kind", Judged,
            "Consul gives the links only to a service of kind terminating-gateway",
            "give the gateway another ID with --service-id, or deregister the other service";
        /// The health check of the gateway fails.
        GatewayCheckFailing = "gateway-check-failing", Judged,
            "clients get no address of a gateway that is critical",
            "start the gateway, or register the address that it listens on";
        /// Nothing listens at the registered address.
        GatewayNotListening = "gateway-not-listening", Judged,
            "connections of clients are refused",
            "start the gateway";
        /// The gateway or its node is in maintenance mode.
        GatewayInMaintenance = "gateway-in-maintenance", Judged,
            "clients get no address of a service in maintenance mode",
            "end the maintenance: `consul maint -disable`";
        /// Several nodes have a gateway with the same ID and address.
        GatewayTwice = "gateway-twice", Warns,
            "one of them is a leftover, and clients that get its address may not reach the gateway",
            "deregister the leftover on its node";
        /// A registration of the gateway is critical, and nothing listens there.
        LeftoverRegistration = "leftover-registration", Warns,
            "it is a replica that is gone; the agent keeps it until it is deregistered",
            "deregister it";
        /// The replicas of the gateway have different settings.
        ReplicasDiffer = "replicas-differ", Warns,
            "the same request can work through one replica and fail through the other",
            "register all replicas with the same Proxy.Config";
    }
    "Mesh, Envoy and host" {
        /// An agent will remove the service from the catalog.
        ServiceOnAgentNode = "service-on-agent-node", Judged,
            "an agent removes from its node what is not registered with it",
            "register it on a node that no agent has: `termgate services register`";
        /// A linked service also has instances in the mesh.
        AlsoInMesh = "also-in-mesh", Warns,
            "clients reach the instances in the mesh, and the gateway bypasses their sidecars",
            "give the external service another name, or unlink it";
        /// The wildcard links services of the mesh.
        WildcardLinksMesh = "wildcard-links-mesh", Warns,
            "the gateway reaches these services without their sidecars, so their own intentions do not count",
            "link the external services by name";
        /// No source may reach a linked service.
        NobodyAllowed = "nobody-allowed", Warns,
            "every connection to it is refused",
            "allow a source: `termgate intention create SOURCE SERVICE`";
        /// A source may not reach a linked service.
        SourceDenied = "source-denied", Judged,
            "its connections, or this request, are refused",
            "allow it with an intention, if it is meant to be allowed";
        /// No proxy of the mesh has a linked service as an upstream.
        NoUpstream = "no-upstream", Informs,
            "only clients with a transparent proxy or a certificate of their own can use it",
            "add it to the `Upstreams` of the client's proxy";
        /// Traffic of the mesh can leave it without the gateway.
        WayAround = "way-around", Warns,
            "transparent proxies forward what is not in the mesh, so intentions and TLS of the gateway can be bypassed",
            "set `TransparentProxy { MeshDestinationsOnly = true }` in the mesh entry";
        /// A way out of the mesh is not in the allow list.
        WayNotAllowed = "way-not-allowed", Judged,
            "services of the mesh can reach what nobody has agreed to",
            "unlink the service, or add a rule to the allow list";
        /// A rule of the allow list allows no way.
        UnusedRule = "unused-rule", Informs,
            "whatever it names can be linked later without a finding",
            "remove the rule, or correct what it names";
        /// A proxy has an upstream outside the mesh that no gateway is linked to.
        UnlinkedUpstream = "unlinked-upstream", Warns,
            "requests to the upstream fail, or leave the mesh without a gateway",
            "link the service to a gateway, or remove the upstream";
        /// No executable Envoy was found.
        EnvoyNotFound = "envoy-not-found", Judged,
            "the gateway cannot start",
            "install Envoy, or name it with --envoy-binary";
        /// The agent does not support the Envoy that gets its configuration over xDS.
        EnvoyUnsupported = "envoy-unsupported", Judged,
            "Envoy refuses or misreads what the agent sends",
            "use `--config-source direct`, or an Envoy that this Consul supports";
        /// Envoy's admin server does not answer.
        EnvoyAdminUnreachable = "envoy-admin-unreachable", Warns,
            "what Envoy has accepted, refused and counted is not known",
            "name the admin server that the gateway was started with: --admin-bind";
        /// The admin server is that of another Envoy.
        EnvoyOfAnother = "envoy-of-another", Warns,
            "two gateways on one host need different admin addresses",
            "name the admin server of this gateway with --admin-bind";
        /// Envoy rejected an update.
        EnvoyUpdateRejected = "envoy-update-rejected", Judged,
            "Envoy still runs with what it accepted last",
            "correct what Envoy complains about";
        /// A certificate in Envoy expires soon or has expired.
        EnvoyCertificateExpires = "envoy-certificate-expires", Warns,
            "leaf certificates are renewed long before: the way from Consul to Envoy is broken",
            "check the log of the gateway, and that its token is valid";
        /// Envoy has no healthy host for a service.
        EnvoyNoHost = "envoy-no-host", Warns,
            "requests to the service are answered with 503",
            "check the service's health checks and the resolution of its name on the gateway's host";
        /// Connections from Envoy to a service fail.
        UpstreamFailing = "upstream-failing", Warns,
            "requests to the service fail",
            "run `termgate doctor --probe`, which finds out why";
        /// Envoy has lost its control plane.
        EnvoyDisconnected = "envoy-disconnected", Warns,
            "Envoy gets no changes",
            "check that the agent, or termgate, still runs and that the token is valid";
        /// Envoy asks Consul for its configuration without a token.
        EnvoyTokenMissing = "envoy-token-missing", Warns,
            "Consul gives it only what the anonymous token may read: services stay closed",
            "start Envoy again by `termgate connect envoy` with --token-file, or let `termgate run` follow Consul";
        /// Something else listens where the gateway is to listen.
        AddressInUse = "address-in-use", Judged,
            "Envoy cannot listen there",
            "stop the other process, or give the gateway another port";
        /// The limit on open files is low.
        FewOpenFiles = "few-open-files", Warns,
            "each connection through the gateway takes two; beyond the limit Envoy accepts none",
            "raise the limit: `ulimit -n 65536`, or LimitNOFILE of the unit";
        /// This host has no IPv6, and the gateway needs it.
        NoIpv6 = "no-ipv6", Judged,
            "Envoy cannot use the address",
            "enable IPv6 on the host, or use an IPv4 address";
        /// No run directory can be used.
        RunDirUnusable = "run-dir-unusable", Judged,
            "direct mode needs a private directory for the socket between termgate and Envoy",
            "name one that only this user can enter with --run-dir";
    }
}
