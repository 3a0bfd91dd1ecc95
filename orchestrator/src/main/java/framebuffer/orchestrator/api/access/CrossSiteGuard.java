package framebuffer.orchestrator.api.access;

import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request.RequestHeader;
import framebuffer.wire.text.FieldReader;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses requests that foreign web pages send through a browser: all requests for a foreign host, and changes requested by a page of
 * another origin. Other programs send neither {@code Origin} nor {@code Sec-Fetch-Site}, and pass.
 */
public final class CrossSiteGuard {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final Pattern AUTHORITY = Pattern
            .compile("(?<host>\\[[^\\]]*]|[^:@/\\[\\]]+)(?::(?<port>\\d{0,5}))?");
    private static final Pattern ORIGIN = Pattern.compile("(?i)(?<scheme>https?)://(?<authority>[^/]+)");

    private static final int LARGEST_PORT = 65_535;

    private final AllowedHosts hosts;

    public CrossSiteGuard(AllowedHosts hosts) {
        this.hosts = hosts;
    }

    private record Authority(String host, String port) {
        static Optional<Authority> parse(String text) {
            Matcher parts = AUTHORITY.matcher(text.strip());
            if (!parts.matches()) {
                return Optional.empty();
            }
            String port = parts.group("port") == null ? "" : parts.group("port");
            return port.isEmpty() || Integer.parseInt(port) <= LARGEST_PORT
                    ? Optional.of(new Authority(parts.group("host"), port))
                    : Optional.empty();
        }

        boolean isSame(Authority other, String scheme) {
            String otherwise = scheme.equalsIgnoreCase("https") ? "443" : "80";
            return host.equalsIgnoreCase(other.host)
                    && (port.isEmpty() ? otherwise : port).equals(other.port.isEmpty() ? otherwise : other.port);
        }
    }

    /**
     * Why the request is refused; empty: it is not.
     *
     * @param anyHost whether any Host header is accepted
     */
    public Optional<Problem> refusal(RequestHeader request, boolean anyHost) {
        List<String> asked = request.headers("Host");
        if (asked.size() > 1) {
            return Optional
                    .of(new Problem(ProblemType.BAD_REQUEST, "The request has several Host headers"));
        }
        String named = asked.isEmpty() ? "" : asked.getFirst();
        Optional<Authority> host = Authority.parse(named);
        if (!anyHost && !host.map(Authority::host).filter(hosts::admits).isPresent()) {
            return Optional.of(new Problem(ProblemType.MISDIRECTED, "The Host " + FieldReader.shown(named)
                    + " is unknown; if it is a name of this service, add it to allowed-hosts"));
        }
        return READING.contains(request.method()) ? Optional.empty() : ofOrigin(request, host);
    }

    private Optional<Problem> ofOrigin(RequestHeader request, Optional<Authority> host) {
        List<String> origins = request.headers("Origin");
        if (origins.isEmpty()) {
            return request.headers("Sec-Fetch-Site").stream()
                    .anyMatch(site -> site.strip().equalsIgnoreCase("cross-site"))
                            ? Optional.of(foreign("another site"))
                            : Optional.empty();
        }
        return origins.stream().filter(origin -> !isOurs(origin, host)).findFirst().map(CrossSiteGuard::foreign);
    }

    private boolean isOurs(String origin, Optional<Authority> host) {
        Matcher parts = ORIGIN.matcher(origin.strip());
        Optional<Authority> from = parts.matches() ? Authority.parse(parts.group("authority")) : Optional.empty();
        return from.filter(authority -> hosts.isNamed(authority.host())
                || host.filter(ours -> authority.isSame(ours, parts.group("scheme"))).isPresent()).isPresent();
    }

    private static Problem foreign(String origin) {
        return new Problem(ProblemType.CROSS_SITE, "A page of " + FieldReader.shown(origin)
                + " may not change anything; if it belongs to this service, add its host to allowed-hosts");
    }
}
