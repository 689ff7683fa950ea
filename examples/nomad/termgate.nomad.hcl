# A terminating gateway as a Nomad job. Each allocation logs in to Consul with its workload identity, through the auth
# method `nomad-workloads` (`nomad setup consul` makes it), and registers under its own ID.
job "termgate" {
  type = "service"

  group "gateway" {
    count = 2

    network {
      mode = "host"
      port "mesh" {
        static = 8443
      }
      port "probes" {
        static = 8081
      }
      port "metrics" {
        static = 9102
      }
    }

    # Serve with the new allocation before the old one ends.
    update {
      max_parallel     = 1
      health_check     = "checks"
      min_healthy_time = "10s"
      healthy_deadline = "5m"
    }

    # Two allocations cannot have one port.
    constraint {
      distinct_hosts = true
    }

    service {
      name     = "termgate-probes"
      provider = "nomad"
      port     = "probes"

      check {
        type     = "http"
        path     = "/ready"
        interval = "5s"
        timeout  = "2s"
      }
    }

    task "termgate" {
      driver = "docker"

      # Longer than TERMGATE_DRAIN_TIME.
      kill_signal  = "SIGTERM"
      kill_timeout = "45s"

      identity {
        name = "consul_default"
        aud  = ["consul.io"]
        file = true
      }

      config {
        image           = "termgate:0.1.0"
        network_mode    = "host"
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
        args = [
          "run",
          "--login-method=nomad-workloads",
          "--bearer-token-file=${NOMAD_SECRETS_DIR}/nomad_consul_default.jwt",
          "--login-meta=alloc=${NOMAD_ALLOC_ID}",
        ]
        mount {
          type   = "tmpfs"
          target = "/tmp"
          tmpfs_options {
            mode = 1023 # 01777
          }
        }
      }

      env {
        CONSUL_HTTP_ADDR            = "127.0.0.1:8500"
        TERMGATE_SERVICE            = "terminating-gateway"
        TERMGATE_SERVICE_ID         = "terminating-gateway-${NOMAD_ALLOC_ID}"
        TERMGATE_ADDRESS            = "${NOMAD_ADDR_mesh}"
        TERMGATE_WAIT               = "5m"
        TERMGATE_DEREGISTER_ON_EXIT = "true"
        TERMGATE_DRAIN_TIME         = "30s"
        TERMGATE_READY_BIND         = "${NOMAD_ADDR_probes}"
        TERMGATE_METRICS_BIND       = "${NOMAD_ADDR_metrics}"
        TERMGATE_LOG_FORMAT         = "json"
      }

      resources {
        cpu    = 500
        memory = 256
      }
    }
  }
}
