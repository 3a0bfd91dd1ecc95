package framebuffer.orchestrator.processors.polls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts health endpoints may be polled at: whoever registers must not make us call where it could not call itself.
 */
public final class AllowedPollHosts {
    /** The host from which the processor registered. */
    public static final String REGISTRANT = "registrant";

    /** This host, under its loopback addresses. */
    public static final String LOOPBACK = "loopback";

    /** Unless told otherwise. */
    public static final AllowedPollHosts DEFAULT = new AllowedPollHosts(List.of(REGISTRANT, LOOPBACK));

    private final Set<String> names = new HashSet<>();
    private final Set<InetAddress> addresses = new HashSet<>();
    private final boolean registrant;
    private final boolean loopback;

    /**
     * @param allowed
     *            names, addresses, {@link #REGISTRANT}, {@link #LOOPBACK}
     */
    public AllowedPollHosts(List<String> allowed) {
        registrant = allowed.contains(REGISTRANT);
        loopback = allowed.contains(LOOPBACK);
        for (String one : allowed) {
            names.add(one.toLowerCase(Locale.ROOT));
            literal(one).forEach(addresses::add);
        }
        names.removeAll(Set.of(REGISTRANT, LOOPBACK));
    }

    /**
     * Whether a host may be polled. One that has several addresses only if that holds for each: we cannot choose which of them is
     * called.
     *
     * @param host
     *            a name or an address, as in a URL
     * @param registeredFrom
     *            the address from which the processor registered; null: not known
     * @throws UnknownHostException
     *             when it has no address
     */
    boolean allow(String host, @Nullable String registeredFrom) throws UnknownHostException {
        if (names.contains(host.toLowerCase(Locale.ROOT))) {
            return true;
        }
        List<InetAddress> from = registrant && registeredFrom != null ? literal(registeredFrom).toList() : List.of();
        return Stream.of(InetAddress.getAllByName(host)).allMatch(address -> addresses.contains(address)
                || (loopback && address.isLoopbackAddress()) || from.contains(address));
    }

    private static Stream<InetAddress> literal(String text) {
        try {
            return Stream.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            // A name: it is looked up when somebody wants to be polled there.
            return Stream.empty();
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AllowedPollHosts hosts && names.equals(hosts.names) && addresses.equals(hosts.addresses)
                && registrant == hosts.registrant && loopback == hosts.loopback;
    }

    @Override
    public int hashCode() {
        return names.hashCode() + addresses.hashCode();
    }

    @Override
    public String toString() {
        return names + " " + addresses + (registrant ? " " + REGISTRANT : "") + (loopback ? " " + LOOPBACK : "");
    }
}
