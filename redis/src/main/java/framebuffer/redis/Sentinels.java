package framebuffer.redis;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Sentinels that know the current master. One correct answer is enough: a sentinel that does not answer, or names a Redis that is not a
 * master, is skipped.
 *
 * @param places their addresses, at least one
 * @param master the name of the master
 */
record Sentinels(List<HostPort> places, String master) {

    /** A host and a port. */
    public record HostPort(String host, int port) {
        @Override
        public String toString() {
            return host + ':' + port;
        }
    }

    /**
     * @throws IllegalArgumentException when there is no sentinel
     */
    public Sentinels {
        places = List.copyOf(places);
        if (places.isEmpty()) {
            throw new IllegalArgumentException("at least one sentinel must be named");
        }
    }

    /**
     * Connects to the master that the sentinels name.
     *
     * @throws RedisUnavailable when no sentinel names a Redis that answers and is a master
     * @throws RedisRefused when the user or password is wrong
     */
    RedisConnection open(RedisAddress address) {
        RedisUnavailable last = null;
        for (HostPort hostPort : places) {
            try {
                return master(address.at(ask(address, hostPort)), hostPort);
            } catch (RedisUnavailable e) {
                last = e;
            }
        }
        throw new RedisUnavailable("no master at " + address + ": " + (last == null ? "" : last.getMessage()),
                last == null ? new IllegalStateException("no sentinel") : last);
    }

    private HostPort ask(RedisAddress address, HostPort hostPort) {
        try (RedisConnection sentinel = RedisConnection.direct(address.sentinel(hostPort, false))) {
            return ask(sentinel, hostPort);
        } catch (RedisRefused e) {
            if (!e.code().equals("NOAUTH") || address.password() == null) {
                throw new RedisUnavailable("the sentinel at " + hostPort + " refuses: " + e.getMessage(), e);
            }
        }
        try (RedisConnection sentinel = RedisConnection.direct(address.sentinel(hostPort, true))) {
            return ask(sentinel, hostPort);
        } catch (RedisRefused e) {
            throw new RedisUnavailable("the sentinel at " + hostPort + " refuses: " + e.getMessage(), e);
        }
    }

    private HostPort ask(RedisConnection sentinel, HostPort hostPort) {
        List<?> answer = Replies.list(sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master));
        if (answer.size() != 2) {
            throw new RedisUnavailable("the sentinel at " + hostPort + " knows no master named " + master,
                    new IllegalStateException("no such master"));
        }
        return new HostPort(Replies.text(answer.get(0)), Integer.parseInt(Replies.text(answer.get(1))));
    }

    /** Checks the role: shortly after a failover, sentinels may still name the old master. */
    static RedisConnection master(RedisAddress where, HostPort sentinel) {
        RedisConnection redis = RedisConnection.direct(where);
        String role = "unknown";
        try {
            role = Replies.text(Replies.list(redis.call("ROLE")).getFirst());
        } finally {
            if (!role.equals("master")) {
                redis.close();
            }
        }
        if (!role.equals("master")) {
            throw new RedisUnavailable("the Redis at " + where + ", named by the sentinel at " + sentinel + ", is "
                    + role + " and no master", new IllegalStateException(role));
        }
        return redis;
    }

    /** The sentinels as in a URL. */
    @Override
    public String toString() {
        return places.stream().map(HostPort::toString).collect(Collectors.joining(",")) + '/' + master;
    }
}
