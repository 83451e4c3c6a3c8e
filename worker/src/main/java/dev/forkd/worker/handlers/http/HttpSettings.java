package dev.forkd.worker.handlers.http;

import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.Settings;
import dev.forkd.worker.handlers.http.files.StaticFiles.Site;
import dev.forkd.worker.handlers.http.proxy.TrustedSources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What can be set for a service with {@code handler = "http"}.
 *
 * @param site the static pages; empty without {@code root}
 * @param trusted who must speak the PROXY protocol; empty if it is off
 * @param tls certificate and key; empty for plain HTTP
 * @param headerTimeout for a whole head, a TLS handshake, a PROXY header
 * @param keepAliveTimeout between two requests
 * @param stallTimeout for a client that sends nothing of a body, or takes nothing of a reply
 * @param maxBody bytes of a request's body
 * @param serverHeader value of the field Server, empty for none
 * @param routes class name of a {@code RoutesProvider}
 * @param demoRoutes whether /api/time, /api/echo, /api/whoami and /healthz are served
 */
record HttpSettings(
        Optional<Site> site,
        Optional<TrustedSources> trusted,
        Optional<TlsFiles> tls,
        Duration headerTimeout,
        Duration keepAliveTimeout,
        Duration stallTimeout,
        long maxBody,
        String serverHeader,
        Optional<String> routes,
        boolean demoRoutes) {

    /** Where certificate and key are. */
    record TlsFiles(Path certificate, Path key) {}

    /** Kinds of values that a setting takes. */
    enum Kind {
        TEXT,
        BOOLEAN,
        SIZE,
        DURATION,
        PATH,
        TEXT_LIST
    }

    /** One setting: its dotted name, what it takes, what holds without it, and what it is for, in a line. */
    record Setting(String name, Kind kind, String otherwise, String meaning) {}

    /** All settings. The supervisor checks a configuration against the same list, and a test that the two agree. */
    static final List<Setting> ALL = List.of(
            new Setting("index", Kind.TEXT_LIST, "index.html", "names of the page that stands for a folder"),
            new Setting("listing", Kind.BOOLEAN, "false", "show what is in a folder that has no such page"),
            new Setting("hidden", Kind.BOOLEAN, "false", "serve names that begin with a dot"),
            new Setting("proxy-protocol", Kind.BOOLEAN, "false", "sources in proxy-trusted send a PROXY header first"),
            new Setting("proxy-trusted", Kind.TEXT_LIST, "", "addresses, networks such as 10.0.0.0/8, unix"),
            new Setting("tls.certificate", Kind.PATH, "", "PEM file with the certificate chain"),
            new Setting("tls.key", Kind.PATH, "", "PEM file with the private key, PKCS #8"),
            new Setting("timeouts.header", Kind.DURATION, "10s", "for a whole request head"),
            new Setting("timeouts.keep-alive", Kind.DURATION, "15s", "between two requests"),
            new Setting("timeouts.stall", Kind.DURATION, "60s", "nothing of a body comes, nothing of a reply goes"),
            new Setting("max-body", Kind.SIZE, "1m", "largest body of a request"),
            new Setting("server-header", Kind.TEXT, "forkd", "value of the field Server; none leaves it out"),
            new Setting("routes", Kind.TEXT, "", "class that provides routes"),
            new Setting("demo-routes", Kind.BOOLEAN, "true", "serve /api/time, /api/echo, /api/whoami, /healthz"));

    /** @throws IllegalArgumentException naming the setting that is wrong */
    static HttpSettings of(ServerInfo server) {
        Settings settings = server.settings();
        List<String> index = settings.list("index");
        Optional<Site> site = server.root()
                .map(root -> new Site(
                        root,
                        index.isEmpty() ? List.of("index.html") : index,
                        settings.bool("listing", false),
                        settings.bool("hidden", false)));
        return new HttpSettings(
                site,
                trusted(settings),
                tls(settings),
                settings.duration("timeouts.header", Duration.ofSeconds(10)),
                settings.duration("timeouts.keep-alive", Duration.ofSeconds(15)),
                settings.duration("timeouts.stall", Duration.ofSeconds(60)),
                settings.size("max-body", 1 << 20),
                serverHeader(settings),
                settings.string("routes"),
                settings.bool("demo-routes", true));
    }

    /** The same with other files. */
    HttpSettings withSite(Site other) {
        return new HttpSettings(
                Optional.of(other),
                trusted,
                tls,
                headerTimeout,
                keepAliveTimeout,
                stallTimeout,
                maxBody,
                serverHeader,
                routes,
                demoRoutes);
    }

    private static Optional<TrustedSources> trusted(Settings settings) {
        if (!settings.bool("proxy-protocol", false)) {
            return Optional.empty();
        }
        List<String> sources = settings.list("proxy-trusted");
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("setting proxy-protocol = true needs proxy-trusted: the load balancers'"
                    + " addresses or networks, or \"unix\"; from anyone else the header could be forged");
        }
        return Optional.of(new TrustedSources(sources));
    }

    private static Optional<TlsFiles> tls(Settings settings) {
        Optional<Path> certificate = settings.path("tls.certificate");
        Optional<Path> key = settings.path("tls.key");
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("settings tls.certificate and tls.key go together; "
                    + (key.isPresent() ? "tls.certificate" : "tls.key") + " is missing");
        }
        return certificate.map(c -> new TlsFiles(c, key.orElseThrow()));
    }

    private static String serverHeader(Settings settings) {
        String value = settings.string("server-header", "forkd");
        if (value.equals("none")) {
            return "";
        }
        if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("setting server-header has a character that a header cannot carry");
        }
        return value;
    }
}
