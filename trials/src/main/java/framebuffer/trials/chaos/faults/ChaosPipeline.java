package framebuffer.trials.chaos.faults;

import framebuffer.app.Main;
import framebuffer.app.terminal.CannotRun;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.FakeClock;
import framebuffer.testkit.FaultProxy;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Redis, instances and processors as separate processes, each with its own link to Redis. Closing the pipeline ends all processes, whatever
 * their faults. Not thread-safe.
 */
public final class ChaosPipeline implements AutoCloseable {
    /** Frames in the queue of a processor. */
    public static final int CAPACITY = 40;
    /** The consumer group of the service. */
    public static final String GROUP = "frame-buffer-v2";

    private static final int CONCURRENCY = 4;
    private static final ConnectTimeouts PATIENCE = new ConnectTimeouts(Duration.ofSeconds(5), Duration.ofMillis(50),
            Duration.ofMillis(500));

    private final Servers redis;
    /** The Redis if it is one server. */
    private final @Nullable RedisServer server;
    private final PipelineSetup make;
    private final Map<String, Twin> twins = new HashMap<>();
    private final List<Integer> ports;
    private final Map<String, FaultProxy> links = new LinkedHashMap<>();
    private final Map<String, Child> children = new LinkedHashMap<>();
    private final FaultProxy rest;
    private final Thread hook = new Thread(this::endAll, "chaos-end");

    /**
     * The parts of a pipeline.
     *
     * @param partitioning the partitions
     * @param capability the capability that all frames need
     * @param folder folder for logs and the data of Redis
     * @param appendfsync {@code always} or {@code everysec}
     * @param clockJumps whether the clock of Redis jumps
     */
    public record PipelineSetup(Participants cast, Partitioning partitioning, String capability, Path folder,
            String appendfsync,
            boolean clockJumps) {
        Keys keys() {
            return partitioning.keys(0);
        }
    }

    /**
     * What was seen at the end of a fault.
     *
     * @param wrong whether it breaks a promise, unless Redis was disturbed at the same time
     */
    public record Observation(String what, boolean wrong) {
    }

    /** Starts everything, and waits only for Redis. */
    public ChaosPipeline(PipelineSetup make) {
        this.make = make;
        server = make.cast().onCluster()
                ? null
                : new RedisServer(make.folder().resolve("redis"), make.appendfsync(),
                        make.clockJumps() ? FakeClock.in(make.folder().resolve("clock")) : null);
        redis = server == null
                ? new ClusterServers(make.folder().resolve("redis"), make.partitioning(), make.appendfsync())
                : server;
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            redis.close();
            throw new CannotRun("it was stopped before it began", e);
        }
        ports = make.cast().allInstances().stream().map(_ -> EmbeddedRedis.freePort()).toList();
        rest = new FaultProxy(ports);
        if (!make.cast().onCluster()) {
            make.cast().connected()
                    .forEach(name -> links.put(name, new FaultProxy(List.of(redis.address().port()))));
        }
        for (int i = 0; i < ports.size(); i++) {
            String name = Participants.instance(i);
            children.put(name, new Child(name, instance(name, ports.get(i)), log(name)));
        }
        for (String name : make.cast().allProcessors()) {
            children.put(name, new Child(name, processor(name), log(name)));
        }
        keepUp();
    }

    private List<String> processor(String name) {
        List<String> line = make.cast().isPython(name)
                ? new ArrayList<>(List.of(make.cast().python().program(), PythonScript.in(make.folder()).toString(),
                        "--capability", make.capability()))
                : JavaLine.of(Main.class.getName(), "chaos", "processor");
        line.addAll(List.of("--id", name, "--redis", through(name).toString(), "--orchestrator",
                "http://localhost:" + rest.port(), "--capacity", Integer.toString(CAPACITY), "--concurrency",
                Integer.toString(CONCURRENCY)));
        if (make.cast().isForeign(name)) {
            line.add("--foreign");
        }
        return line;
    }

    private List<String> instance(String name, int port) {
        return JavaLine.of(Leashed.class.getName(), "serve", "--instance-id", name, "--port", Integer.toString(port),
                "--redis-url", through(name).toString(), "--partitions", Integer.toString(make.partitioning().count()),
                "--processing-timeout", "5s", "--redis-reconnect-max", "1s", "--shed-max", "1000000");
    }

    private Path log(String name) {
        return make.folder().resolve(name + ".log");
    }

    /** The address of Redis without a link. */
    public RedisAddress direct() {
        return redis.address().with(PATIENCE);
    }

    /** The address of Redis through the link of a participant; for a cluster, without a link. */
    public RedisAddress through(String name) {
        return links.isEmpty() ? direct() : RedisAddress.local(link(name).port()).with(PATIENCE);
    }

    /** The ports of the instances' REST APIs. */
    public List<Integer> ports() {
        return ports;
    }

    /** Restarts processes that have ended. Returns those that ended on their own. */
    public final List<String> keepUp() {
        List<String> ended = new ArrayList<>();
        children.values().forEach(child -> child.keepUp(System.nanoTime()).ifPresent(ended::add));
        return ended;
    }

    /** Begins a fault. The producer handles faults of frames. */
    public void begin(Fault fault) {
        String target = fault.target();
        switch (fault.kind()) {
            case KILL_INSTANCE, KILL_PROCESSOR -> child(target).kill();
            case STOP_INSTANCE, STOP_PROCESSOR -> child(target).stop();
            case SUSPEND_INSTANCE, SUSPEND_PROCESSOR -> child(target).signal(Signal.STOP);
            case SLOW_PROCESSOR -> child(target).say("slow " + fault.amount());
            case KILL_REDIS -> redis.kill(fault.amount());
            case SUSPEND_REDIS -> redis.suspend(fault.amount());
            case TWIN_INSTANCE -> {
                int port = EmbeddedRedis.freePort();
                twins.put(target, new Twin(target, instance(target, port), port, log(target + "-twin")));
            }
            case PUT_OFF -> child(target).say("put-off true");
            case OUT_OF_MEMORY -> server().limitMemory(fault.amount());
            case CLOCK_JUMP -> server().jumpClock(fault.amount());
            case DESTROY_GROUP -> server().destroyGroup(
                    fault.amount() == 0 ? make.keys().capture() : make.keys().returned(), GROUP);
            case CUT -> cut(fault);
            case STALL -> link(target).stall(true);
            case DELAY -> link(target).delay(fault.amount());
            case FLUSH, POISON_EXIT, POISON_FAIL, POISON_HANG ->
                throw new IllegalArgumentException("the producer handles faults of frames, not the pipeline: " + fault);
        }
    }

    /** Ends a fault. Waits until Redis has read its data. Returns an observation, if any. */
    public Optional<Observation> end(Fault fault) {
        String target = fault.target();
        switch (fault.kind()) {
            case KILL_INSTANCE, KILL_PROCESSOR, STOP_INSTANCE, STOP_PROCESSOR -> child(target).letUp();
            case SUSPEND_INSTANCE, SUSPEND_PROCESSOR -> child(target).signal(Signal.CONT);
            case SLOW_PROCESSOR -> child(target).say("slow 0");
            case KILL_REDIS -> redis.restart();
            case SUSPEND_REDIS -> redis.resume();
            case TWIN_INSTANCE -> {
                try (Twin twin = Objects.requireNonNull(twins.remove(target))) {
                    return Optional.of(twin.observe());
                }
            }
            case PUT_OFF -> child(target).say("put-off false");
            case OUT_OF_MEMORY -> server().unlimitMemory();
            case CLOCK_JUMP -> server().jumpClock(0);
            case STALL -> link(target).stall(false);
            case DELAY -> link(target).delay(0);
            case FLUSH, DESTROY_GROUP, CUT, POISON_EXIT, POISON_FAIL, POISON_HANG -> keepUp();
        }
        return Optional.empty();
    }

    private RedisServer server() {
        return Objects.requireNonNull(server, "this is done to one server only");
    }

    private void cut(Fault fault) {
        if (links.isEmpty()) {
            redis.cut(fault.amount());
        } else {
            link(fault.target()).cut();
        }
    }

    private Child child(String name) {
        return Objects.requireNonNull(children.get(name));
    }

    private FaultProxy link(String name) {
        return Objects.requireNonNull(links.get(name));
    }

    private void endAll() {
        children.values().forEach(Child::kill);
        twins.values().forEach(Twin::close);
        redis.close();
    }

    @Override
    public void close() {
        children.values().forEach(Child::kill);
        children.values().forEach(Child::close);
        twins.values().forEach(Twin::close);
        Stream.concat(links.values().stream(), Stream.of(rest)).forEach(FaultProxy::close);
        redis.close();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is already shutting down; the hook will find nothing to end.
            hook.setName("chaos-ended");
        }
    }
}
