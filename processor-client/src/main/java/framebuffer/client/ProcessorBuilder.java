package framebuffer.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.client.telemetry.ProcessorTracing;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.wire.Keys;
import framebuffer.wire.Names;
import framebuffer.wire.Secret;
import framebuffer.wire.control.Registration;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Configures and starts a processor. Capabilities and a handler are required; all else has a default. Not thread-safe.
 *
 * <p>
 * Each setter throws {@link IllegalArgumentException} when its value is out of bounds.
 */
public final class ProcessorBuilder {
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);
    private static final int MOST_RESULTS = 100_000_000;

    private final String id;
    private final Function<String, @Nullable String> environment;
    private final ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    private List<String> capabilities = List.of();
    private int capacity = 10;
    private int concurrency = 1;
    private @Nullable String queue;
    private @Nullable String results;
    private Duration heartbeatInterval = Duration.ofSeconds(5);
    private @Nullable URI orchestrator;
    private @Nullable Secret token;
    private @Nullable SSLContext tls;
    private @Nullable RedisAddress redis;
    private @Nullable RedisAddress pixelsRedis;
    private @Nullable ProcessorTracing tracing;
    private @Nullable FrameHandler handler;
    Keys keys = Keys.DEFAULT;
    ThreadFactory threads;
    Duration grace = Duration.ofSeconds(10);
    int resultsKept = AnswerWriter.RESULTS_KEPT;
    boolean unregisterOnClose = true;

    /**
     * @param environment environment variable → its value; null: not set
     */
    ProcessorBuilder(String id, Function<String, @Nullable String> environment) {
        require(Names.isId(id), "a processor's id " + Names.FORM);
        this.id = id;
        this.environment = environment;
        this.threads = Thread.ofVirtual().name(id + "-frame-", 0).factory();
    }

    /** The capabilities: 1 to 128 names of 1 to 128 characters each. Replaces earlier ones. */
    public ProcessorBuilder capabilities(String... names) {
        capabilities = List.copyOf(new LinkedHashSet<>(List.of(names)));
        require(!capabilities.isEmpty() && capabilities.size() <= Registration.MAX_CAPABILITIES,
                "a processor has 1 to " + Registration.MAX_CAPABILITIES + " capabilities");
        capabilities.forEach(name -> require(Names.isCapability(name),
                "a capability has 1 to 128 characters, none of them a control character or surrounding space"));
        return this;
    }

    /** Maximum number of frames in its queue or in progress: 1 to 1 000 000, 10 by default. */
    public ProcessorBuilder capacity(int frames) {
        require(frames >= 1 && frames <= Registration.MAX_CAPACITY,
                "a capacity is from 1 to " + Registration.MAX_CAPACITY + ", not " + frames);
        capacity = frames;
        return this;
    }

    /** Maximum number of frames in progress: 1 to the capacity, 1 by default. */
    public ProcessorBuilder concurrency(int frames) {
        require(frames >= 1, "a concurrency is at least 1, not " + frames);
        concurrency = frames;
        return this;
    }

    /** The handler of each frame. */
    public ProcessorBuilder handler(FrameHandler each) {
        handler = each;
        return this;
    }

    /**
     * Creates the thread of each frame; virtual threads by default. Use platform threads ({@code Thread.ofPlatform().factory()}) for a
     * handler that computes, or calls native code, for many milliseconds: it would block all virtual threads of the process.
     */
    public ProcessorBuilder threads(ThreadFactory factory) {
        threads = factory;
        return this;
    }

    /** Base URL of the orchestrator's REST API; by default {@code ORCHESTRATOR_URL}, or {@code http://localhost:8002}. */
    public ProcessorBuilder orchestrator(String url) {
        orchestrator = http(url);
        return this;
    }

    /** TLS for an orchestrator at {@code https}, such as the authorities that are trusted; by default that of the JDK. */
    public ProcessorBuilder orchestratorTls(SSLContext context) {
        tls = context;
        return this;
    }

    /** The API token, if required; by default {@code API_TOKEN}. Never logged. */
    public ProcessorBuilder token(String secret) {
        token = new Secret(secret);
        return this;
    }

    /**
     * {@code redis://[user:password@]host[:port][/database]}, or {@code rediss://…} for TLS, or
     * {@code redis+sentinel://[user:password@]host[:port][,host[:port]…]/master-name[/database]}, or
     * {@code redis+cluster://[user:password@]host[:port][,host[:port]…]}; by default {@code REDIS_URL}, or
     * {@code redis://localhost:6379}.
     */
    public ProcessorBuilder redis(String url) {
        return redis(RedisAddress.parse(url));
    }

    /** Like {@link #redis(String)}. */
    public ProcessorBuilder redis(RedisAddress address) {
        redis = address;
        return this;
    }

    /**
     * The Redis for pixels, if they have one of their own; by default {@code PIXELS_REDIS_URL}, or the Redis of the queues. The same forms
     * as for {@link #redis(String)}, except a cluster.
     */
    public ProcessorBuilder pixelsRedis(String url) {
        return pixelsRedis(RedisAddress.parse(url));
    }

    /** Like {@link #pixelsRedis(String)}; null: the default. */
    public ProcessorBuilder pixelsRedis(@Nullable RedisAddress address) {
        pixelsRedis = address == null ? null : notCluster(address);
        return this;
    }

    /** Name of its work queue, below {@code frames:ready:}; {@code frames:ready:{id}} by default. */
    public ProcessorBuilder queue(String name) {
        require(Names.isId(name) && name.startsWith(Keys.READY) && name.length() > Keys.READY.length(),
                "a queue's name " + Names.FORM + " and begin with " + Keys.READY);
        queue = name;
        return this;
    }

    /** Name of its result stream; {@code frames:results} by default. */
    public ProcessorBuilder results(String stream) {
        require(Names.isId(stream), "the name of a result stream " + Names.FORM);
        results = stream;
        return this;
    }

    /** Approximate length of the result stream, which keeps the newest results: 1 to 100 000 000, 100 000 by default. */
    public ProcessorBuilder resultsKept(int results) {
        require(results >= 1 && results <= MOST_RESULTS,
                "1 to " + MOST_RESULTS + " results are kept, not " + results);
        resultsKept = results;
        return this;
    }

    /** Prefix of all Redis keys, the same as the orchestrator's; empty by default. The orchestrator adds the partitions. */
    public ProcessorBuilder keyPrefix(String prefix) {
        keys = new Keys(prefix);
        return this;
    }

    /**
     * Interval between heartbeats: 1 s to 1 h, 5 s by default. After two intervals without a sign of life, its frames go to other
     * processors.
     */
    public ProcessorBuilder heartbeatInterval(Duration interval) {
        require(interval.compareTo(SHORTEST_INTERVAL) >= 0 && interval.compareTo(LONGEST_INTERVAL) <= 0,
                "a heartbeat interval is from 1 s to 1 h, not " + interval);
        heartbeatInterval = interval;
        return this;
    }

    /** A value to show with its registration. */
    public ProcessorBuilder metadata(String name, String value) {
        metadata.put(name, value);
        return this;
    }

    /** Where its spans go; by default the global OpenTelemetry at its start. */
    public ProcessorBuilder tracing(ProcessorTracing to) {
        tracing = to;
        return this;
    }

    /** How long a close waits for frames in progress: 0 or more, 10 s by default. */
    public ProcessorBuilder grace(Duration atMost) {
        require(!atMost.isNegative(), "a grace is not negative");
        grace = atMost;
        return this;
    }

    /**
     * Whether a close unregisters the processor, so that the frames in its queue go to others; true by default. Use false for a processor
     * that restarts at once.
     */
    public ProcessorBuilder unregisterOnClose(boolean unregister) {
        unregisterOnClose = unregister;
        return this;
    }

    /**
     * Registers the processor and starts it. Waits while the orchestrator is unavailable; does not wait for Redis.
     *
     * @throws IllegalStateException when the capability or the handler is missing, or the concurrency exceeds the capacity
     * @throws IllegalArgumentException when a URL or the token in the environment is malformed
     * @throws RegistrationRefused when the orchestrator refuses the registration; the message gives the reason and the remedy
     * @throws InterruptedException when interrupted while waiting; nothing is left running
     */
    public Processor start() throws InterruptedException {
        Processor processor = new Processor(this, registration());
        processor.open();
        return processor;
    }

    private Registration registration() {
        if (capabilities.isEmpty()) {
            throw new IllegalStateException("processor " + id + " has no capability; name one with capabilities(…)");
        }
        if (concurrency > capacity) {
            throw new IllegalStateException("processor " + id + " has concurrency " + concurrency
                    + ", more than its capacity of " + capacity + "; raise capacity(…)");
        }
        return new Registration(id, capabilities, capacity, queue == null ? Keys.READY + id : queue, null, null,
                heartbeatInterval, concurrency, null, metadata, Registration.ALL_PARTITIONS);
    }

    FrameHandler handler() {
        if (handler == null) {
            throw new IllegalStateException("processor " + id + " has no handler; give it one with handler(…)");
        }
        return handler;
    }

    RedisAddress redisAddress() {
        return redis == null ? RedisAddress.parse(orElse("REDIS_URL", "redis://localhost:6379")) : redis;
    }

    /** The Redis for pixels; null: that of the queues. */
    @Nullable
    RedisAddress pixelsAddress() {
        String url = orElse("PIXELS_REDIS_URL", "");
        return pixelsRedis != null || url.isEmpty() ? pixelsRedis : notCluster(RedisAddress.parse(url));
    }

    private static RedisAddress notCluster(RedisAddress address) {
        require(address.cluster() == null, "the Redis for pixels is one server, or has sentinels; it is not a cluster");
        return address;
    }

    OrchestratorClient orchestratorClient() {
        return new OrchestratorClient(orchestratorUrl(), apiToken(), tls);
    }

    URI orchestratorUrl() {
        return orchestrator == null ? http(orElse("ORCHESTRATOR_URL", "http://localhost:8002")) : orchestrator;
    }

    @Nullable
    Secret apiToken() {
        String given = token == null ? environment.apply("API_TOKEN") : token.reveal();
        String secret = given == null ? "" : given.strip();
        require(secret.chars().allMatch(c -> c > ' ' && c < 127),
                "an API token has neither spaces nor control characters");
        return secret.isEmpty() ? null : new Secret(secret);
    }

    String resultsKey(Keys partition) {
        return results == null ? partition.results() : partition.prefix() + results;
    }

    ProcessorTracing tracing() {
        return Objects.requireNonNullElseGet(tracing, ProcessorTracing::global);
    }

    private String orElse(String variable, String otherwise) {
        String value = environment.apply(variable);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    private static URI http(String url) {
        URI uri = parsed(url);
        require(uri.getHost() != null && uri.getRawUserInfo() == null
                && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())),
                "an orchestrator's URL is http://host:port, or https, without user or password");
        return uri;
    }

    private static URI parsed(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            // Drop the message: it quotes the address, which may contain a password.
            return URI.create("");
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
