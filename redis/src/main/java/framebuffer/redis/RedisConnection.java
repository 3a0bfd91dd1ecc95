package framebuffer.redis;

import framebuffer.redis.protocol.ReplyReader;
import framebuffer.redis.protocol.TlsOptions;
import framebuffer.wire.Secret;
import java.io.IOException;
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
import redis.clients.jedis.PushConsumerChain;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.RedisInputStream;

/**
 * A connection to Redis, owned by one thread at a time. It never resends a command on its own: once failed, it stays failed.
 *
 * <p>
 * Replies are {@code byte[]}, {@code Long}, {@code List} of these, or null.
 */
public final class RedisConnection implements AutoCloseable {
    /**
     * Errors of a Redis that is temporarily unavailable: it is loading its data, has become a replica, its cluster is incomplete, or keys
     * are migrating to another node.
     */
    private static final List<String> NOT_NOW = List.of("LOADING", "MASTERDOWN", "UNBLOCKED", "CLUSTERDOWN",
            "TRYAGAIN");
    /** Errors of a node whose keys belong to another node, or are migrating to it. */
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
     * Connects and logs in. Asks sentinels for their master first, or the nodes of a cluster for the owner of the keys.
     *
     * @throws RedisUnavailable when Redis does not answer
     * @throws RedisRefused when the user or password is wrong, or the user lacks a right that the address requires
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

    /** Connects to the server at its host and port. */
    static RedisConnection direct(RedisAddress address) {
        try {
            return connect(address, address.host());
        } catch (RedisUnavailable e) {
            if (!address.host().equalsIgnoreCase("localhost")) {
                throw e;
            }
            // Many systems resolve localhost to 127.0.0.1 only, even if a server listens on ::1 only.
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
            config.sslOptions(tls(address));
        }
        try {
            Wire wire = new Wire(new HostAndPort(host, address.port()), config.build());
            return new RedisConnection(wire, address);
        } catch (JedisException e) {
            throw translated(e, address);
        } catch (ClassCastException e) {
            // Jedis expects the reply to HELLO to be a list.
            throw new RedisUnavailable("no Redis at " + address + ": what answers there is no Redis", e);
        }
    }

    private static SslOptions tls(RedisAddress address) {
        try {
            return TlsOptions.of(address.tlsFiles());
        } catch (IOException e) {
            throw new RedisUnavailable("no Redis at " + address + ": " + e.getMessage(), e);
        }
    }

    /** Sends a command and waits for its reply. Arguments: {@code String}, {@code byte[]}, {@code Long}, {@code Integer}. */
    public @Nullable Object call(String command, Object... arguments) {
        send(command, Arrays.asList(arguments));
        return receive();
    }

    /** Like {@link #call}, for a command that blocks in Redis for up to {@code atMost}. */
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

    /** Buffers a command; its reply must be received, in order. {@link #flush} or {@link #receive} sends it. */
    public void send(String command, List<?> arguments) {
        line.say(command, arguments);
        try {
            wire.sendCommand(line);
            owed++;
        } catch (JedisException e) {
            throw failed(e);
        }
    }

    /** Sends the buffered commands. */
    public void flush() {
        try {
            wire.flush();
        } catch (JedisException e) {
            throw failed(e);
        }
    }

    /**
     * Receives the next reply.
     *
     * @throws RedisRefused when the reply is an error
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
     * Runs commands as one transaction; returns their replies, or null when a watched key was changed.
     *
     * @throws RedisRefused when a command was refused; the others have taken effect
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
     * Receives the replies to MULTI, this number of commands, and EXEC, after all of them were sent.
     *
     * @return the reply to each command, or its {@link RedisRefused}; null when a watched key was changed
     * @throws RedisRefused when a command could not be queued; no command has taken effect
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

    /** Whether replies are still to be received. */
    public boolean isOwed() {
        return owed > 0;
    }

    /** Whether the connection has failed or is closed. */
    public boolean isBroken() {
        return wire.isBroken() || !wire.isConnected();
    }

    /** Closes the connection, from any thread; its user then gets {@link RedisUnavailable}. */
    @Override
    public void close() {
        wire.setBroken();
        try {
            wire.forceDisconnect();
        } catch (IOException | JedisException e) {
            // The connection is closed in any case.
            wire.setBroken();
        }
    }

    /** An error reply leaves the connection usable; after any other failure, the next reply could belong to any command. */
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

    /** Jedis's connection with an accessible flush, which never reconnects. */
    private static final class Wire extends Connection {
        private boolean opened;

        Wire(HostAndPort where, JedisClientConfig config) {
            super(where, config);
            opened = true;
        }

        /** Jedis calls this before each command and would reconnect (without login) if the connection was closed. */
        @Override
        public void connect() {
            if (!opened) {
                super.connect();
            } else if (!isConnected()) {
                throw new JedisConnectionException("the connection is closed");
            }
        }

        /** Jedis's own reader takes memory by the lengths in a reply, and fails in many ways if a reply is corrupt. */
        @Override
        protected @Nullable Object protocolRead(RedisInputStream in, PushConsumerChain pushes) {
            return in.peek((byte) '-') ? super.protocolRead(in, pushes) : new ReplyReader(in).read();
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
