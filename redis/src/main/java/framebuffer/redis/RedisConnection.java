package framebuffer.redis;

import framebuffer.wire.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One connection to Redis, owned by one thread at a time. Nothing is ever sent a second time behind the caller's back: once a
 * connection has failed, it stays so.
 *
 * <p>
 * Replies are what the protocol brings: {@code byte[]}, {@code Long}, {@code List} of these, or null.
 */
public final class RedisConnection implements AutoCloseable {
    /**
     * Errors that say that it cannot do anything at present: it loads its data, has just become a replica, its cluster is not whole, or
     * keys are on their way to another node.
     */
    private static final List<String> NOT_NOW = List.of("LOADING", "MASTERDOWN", "UNBLOCKED", "CLUSTERDOWN",
            "TRYAGAIN");
    /** Errors that say that another node of the cluster has the keys, or gets them just now. */
    private static final List<String> ASTRAY = List.of("MOVED ", "ASK ");

    private final Wire wire;
    private final CommandBuffer line = new CommandBuffer();
    private final RedisAddress address;
    private int owed;

    private RedisConnection(Wire wire, RedisAddress address) {
        this.wire = wire;
        this.address = address;
    }

    /**
     * Connects and logs in; where sentinels are named, they are asked first where their master is, and the nodes of a cluster, which of
     * them has the keys.
     *
     * @throws RedisUnavailable
     *             when there is no answer
     * @throws RedisRefused
     *             when user or password are wrong, or the user may not do what its address says that it needs
     */
    public static RedisConnection open(RedisAddress address) {
        RedisConnection redis = reach(address);
        try {
            address.rights().ask(redis, address.user() == null ? "default" : address.user());
        } catch (RedisRefused | RedisUnavailable e) {
            redis.close();
            throw e;
        }
        return redis;
    }

    private static RedisConnection reach(RedisAddress address) {
        ClusterNodes cluster = address.cluster();
        if (cluster != null) {
            return cluster.open(address);
        }
        Sentinels sentinels = address.sentinels();
        return sentinels == null ? direct(address) : sentinels.open(address);
    }

    /** Connects to what listens at its host and port. */
    static RedisConnection direct(RedisAddress address) {
        try {
            return connect(address, address.host());
        } catch (RedisUnavailable e) {
            if (!address.host().equalsIgnoreCase("localhost")) {
                throw e;
            }
            // Many systems know localhost as 127.0.0.1 only, also where a server listens on ::1 only.
            try {
                return connect(address, "::1");
            } catch (RedisUnavailable neither) {
                throw e;
            }
        }
    }

    private static RedisConnection connect(RedisAddress address, String host) {
        int timeout = (int) address.patience().timeout().toMillis();
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder().protocol(RedisProtocol.RESP2)
                .user(address.user()).password(Secret.textOf(address.password())).database(address.database())
                .connectionTimeoutMillis(timeout).socketTimeoutMillis(timeout)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        if (address.tls()) {
            config.sslOptions(SslOptions.defaults());
        }
        try {
            Wire wire = new Wire(new HostAndPort(host, address.port()), config.build());
            return new RedisConnection(wire, address);
        } catch (JedisException e) {
            throw translated(e, address);
        }
    }

    /** Sends a command and waits for its reply. Arguments: {@code String}, {@code byte[]}, {@code Long}, {@code Integer}. */
    public @Nullable Object call(String command, Object... arguments) {
        send(command, Arrays.asList(arguments));
        return receive();
    }

    /** Like {@link #call}, for a command that waits in Redis for up to {@code atMost}. */
    public @Nullable Object callBlocking(Duration atMost, String command, Object... arguments) {
        Duration timeout = address.patience().timeout();
        waitAtMost(atMost.plus(timeout));
        Object reply;
        try {
            reply = call(command, arguments);
        } catch (RedisRefused e) {
            waitAtMost(timeout);
            throw e;
        }
        waitAtMost(timeout);
        return reply;
    }

    private void waitAtMost(Duration time) {
        try {
            wire.setSoTimeout((int) time.toMillis());
        } catch (JedisException e) {
            throw failed(e);
        }
    }

    /** Writes a command; its reply is owed, in order. Nothing is on its way before {@link #flush} or {@link #receive}. */
    public void send(String command, List<?> arguments) {
        line.say(command, arguments);
        try {
            wire.sendCommand(line);
            owed++;
        } catch (JedisException e) {
            throw failed(e);
        }
    }

    /** Puts on its way what was written. */
    public void flush() {
        try {
            wire.flush();
        } catch (JedisException e) {
            throw failed(e);
        }
    }

    /**
     * The next reply that is owed.
     *
     * @throws RedisRefused
     *             when it is an error
     */
    public @Nullable Object receive() {
        try {
            owed--;
            return wire.getOne();
        } catch (JedisException e) {
            throw failed(e);
        }
    }

    /**
     * Runs commands as one transaction and answers their replies, or null when a watched key was changed.
     *
     * @throws RedisRefused
     *             when one of them was refused; those that were not have taken effect
     */
    public @Nullable List<@Nullable Object> transaction(List<List<Object>> commands) {
        send("MULTI", List.of());
        for (List<Object> command : commands) {
            send((String) command.getFirst(), command.subList(1, command.size()));
        }
        send("EXEC", List.of());
        List<@Nullable Object> answers = receiveTransaction(commands.size());
        if (answers != null) {
            for (Object answer : answers) {
                if (answer instanceof RedisRefused e) {
                    throw e;
                }
            }
        }
        return answers;
    }

    /**
     * The replies to MULTI, so many commands, and EXEC, all of them written before.
     *
     * @return what each command was answered; where it was refused, the {@link RedisRefused}. Null when a watched key was changed
     * @throws RedisRefused
     *             when one of them could not even be queued: none has taken effect
     */
    public @Nullable List<@Nullable Object> receiveTransaction(int commands) {
        RedisRefused refused = null;
        for (int i = 0; i <= commands; i++) {
            try {
                receive();
            } catch (RedisRefused e) {
                refused = e;
            }
        }
        Object replies = receiveAfter(refused);
        if (!(replies instanceof List<?> list)) {
            return null;
        }
        List<@Nullable Object> answers = new ArrayList<>(list);
        answers.replaceAll(answer -> answer instanceof JedisDataException e ? failed(e) : answer);
        return answers;
    }

    private @Nullable Object receiveAfter(@Nullable RedisRefused refused) {
        try {
            return receive();
        } catch (RedisRefused e) {
            throw refused == null ? e : refused;
        }
    }

    /** Whether replies to commands that were written have not been received. */
    public boolean isOwed() {
        return owed > 0;
    }

    /** Whether it has failed or been closed. */
    public boolean isBroken() {
        return wire.isBroken() || !wire.isConnected();
    }

    /** Cuts the connection, also from another thread, which then sees {@link RedisUnavailable}. */
    @Override
    public void close() {
        wire.setBroken();
        try {
            wire.forceDisconnect();
        } catch (java.io.IOException | JedisException e) {
            // It is gone either way.
            wire.setBroken();
        }
    }

    /** An error reply leaves the connection as it is; after anything else it is not known what the next reply would belong to. */
    private RuntimeException failed(JedisException e) {
        RuntimeException translated = translated(e, address);
        if (translated instanceof RedisUnavailable) {
            close();
        }
        return translated;
    }

    private static RuntimeException translated(JedisException e, RedisAddress address) {
        String said = String.valueOf(e.getMessage());
        if (e instanceof JedisDataException && said.startsWith("READONLY")) {
            return new RedisUnavailable("the Redis at " + address + " has become a replica and takes no writes; wait"
                    + " until it is the master again, or name the one that is, or the sentinels that know it", e);
        }
        if (e instanceof JedisDataException && ASTRAY.stream().anyMatch(said::startsWith)) {
            return new RedisUnavailable(
                    "the Redis at " + address + " is one of a cluster and does not have the keys, or"
                            + " gives them away just now (" + said + "); a cluster is named redis+cluster://host:port",
                    e);
        }
        return e instanceof JedisDataException && NOT_NOW.stream().noneMatch(said::startsWith)
                ? new RedisRefused(said, e)
                : new RedisUnavailable("no Redis at " + address + ": " + reason(e), e);
    }

    private static String reason(Throwable e) {
        Throwable last = e;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return String.valueOf(last.getMessage());
    }

    /** Jedis's connection with its flush within reach, and which does not connect a second time. */
    private static final class Wire extends Connection {
        private boolean opened;

        Wire(HostAndPort where, JedisClientConfig config) {
            super(where, config);
            opened = true;
        }

        /** Jedis calls it before each command, to make a new connection (without login) where the old one was closed. */
        @Override
        public void connect() {
            if (!opened) {
                super.connect();
            } else if (!isConnected()) {
                throw new JedisConnectionException("the connection is closed");
            }
        }

        @Override
        protected void flush() {
            try {
                super.flush();
            } catch (JedisConnectionException e) {
                setBroken();
                throw e;
            }
        }
    }
}
