package framebuffer.orchestrator.api.access;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The accepted names of this service. A web page can let its own name resolve to this machine (DNS rebinding) to read responses. But the
 * browser sends that name in the {@code Host} header. Addresses are always accepted: they resolve to nothing else.
 */
public final class AllowedHosts {
    /** These names resolve to this machine. */
    private static final Set<String> LOOPBACK = Set.of("localhost", "localhost.localdomain", "ip6-localhost",
            "ip6-loopback");
    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]*:[0-9a-f:.]*(?:%[\\w.~-]+)?]");
    private static final Pattern NAME = Pattern.compile("(?:[\\w-]+\\.)*[\\w-]+");

    /** No name in DNS is longer. */
    private static final int LONGEST = 253;

    private final String bound;
    private final Set<String> configured;

    /**
     * @param bound the host on which the service listens
     * @param configured further names: {@code cameras.example.org}, {@code *.example.org} for all below it, or {@code *} for any
     * @throws IllegalArgumentException when a name has none of these forms
     */
    public AllowedHosts(String bound, Collection<String> configured) {
        this.bound = plain(bound);
        this.configured = configured.stream().map(AllowedHosts::checked).collect(Collectors.toUnmodifiableSet());
    }

    private static String checked(String given) {
        String name = plain(given);
        if (!name.equals("*") && !isAddress(name) && !NAME.matcher(name.startsWith("*.") ? name.substring(2) : name)
                .matches()) {
            throw new IllegalArgumentException(
                    given + " is not a host name: write cameras.example.org, *.example.org, or * for any");
        }
        return name;
    }

    /** Whether this host names the service. */
    boolean admits(String host) {
        if (host.length() > LONGEST) {
            return false;
        }
        String name = plain(host);
        return isAddress(name) || (NAME.matcher(name).matches() && isOurs(name));
    }

    private boolean isOurs(String name) {
        return LOOPBACK.contains(name) || name.endsWith(".localhost") || name.equals(bound)
                || configured.contains("*") || isNamed(name);
    }

    /** Whether the host was configured by name: then pages from there may change something. */
    boolean isNamed(String host) {
        String name = plain(host);
        return host.length() <= LONGEST && !name.equals("*")
                && (configured.contains(name) || (NAME.matcher(name).matches() && isBelow(name)));
    }

    private boolean isBelow(String name) {
        return configured.stream().anyMatch(one -> one.startsWith("*.") && name.endsWith(one.substring(1)));
    }

    /** Normalizes: upper case and a final dot mean the same host. */
    private static String plain(String host) {
        String lower = host.strip().toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static boolean isAddress(String name) {
        return IPV4.matcher(name).matches() || IPV6.matcher(name).matches();
    }
}
