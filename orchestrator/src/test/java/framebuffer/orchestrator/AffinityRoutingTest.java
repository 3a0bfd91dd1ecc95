package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.handoff.HandOff;
import framebuffer.testkit.Await;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AffinityRoutingTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;
    @SuppressWarnings("NullAway.Init")
    private static EmbeddedRedis server;
    @SuppressWarnings("NullAway.Init")
    private Site site;

    @BeforeAll
    static void startRedis() {
        server = EmbeddedRedis.start(folder);
    }

    @AfterAll
    static void stopRedis() {
        server.close();
    }

    @BeforeEach
    void open() {
        site = new Site(server.address());
        site.strategy = RoutingStrategy.AFFINITY;
    }

    @AfterEach
    void close() {
        site.close();
    }

    private Pipeline start(int cameras, Duration keep) {
        return site.start("i1", server.address(),
                new PipelineLimits(Window.Limit.of(100), PipelineLimits.DEFAULT.starvation(), 20, 5,
                        PipelineLimits.DEFAULT.processingTimeout(),
                        PipelineLimits.DEFAULT.foreignGroupRetention(),
                        PipelineLimits.DEFAULT.instanceLease(),
                        HandOff.HandOffLimits.DEFAULT, new AffinityTable.AffinityLimits(cameras, keep)));
    }

    /** Captures frames of each of these cameras in turn. */
    private void capture(Collection<String> cameras, int each) {
        IntStream.range(0, each).forEach(i -> cameras.forEach(camera -> site.capture(camera + i, camera, "face")));
    }

    private void holdTogether(long frames) {
        Await.until(frames + " frames are handed off", () -> site.all().stream()
                .mapToLong(processor -> site.length(processor.queue())).sum() == frames);
    }

    /** Camera → processors that hold its frames. */
    private Map<String, Set<String>> holders() {
        Map<String, Set<String>> holders = new TreeMap<>();
        site.all().forEach(processor -> site.texts(processor.queue(), "camera_id")
                .forEach(camera -> holders.computeIfAbsent(camera, any -> new TreeSet<>()).add(processor.id())));
        return holders;
    }

    private String holder(String camera) {
        return String.join(",", holders().getOrDefault(camera, Set.of()));
    }

    private void emptyQueues() {
        site.all().forEach(processor -> site.read(processor.id(), 10_000)
                .forEach(entry -> site.finish(processor.id(), entry)));
    }

    private static List<String> cameras(int n) {
        return IntStream.range(0, n).mapToObj(i -> "cam" + i).toList();
    }

    /** Processor → number of these cameras; each camera has exactly one processor. */
    private static Map<String, Long> shares(Map<String, Set<String>> holders) {
        assertThat(holders.values()).allSatisfy(processors -> assertThat(processors).hasSize(1));
        return holders.values().stream().flatMap(Set::stream)
                .collect(Collectors.groupingBy(processor -> processor, Collectors.counting()));
    }

    @Test
    void instancesThatPlaceTheSameNewCamerasAtOnceAgreeAndSpreadThemEvenly() {
        List.of("p1", "p2", "p3").forEach(id -> site.register(id, 5_000, "face"));
        List.of("i1", "i2", "i3").forEach(site::start);
        capture(cameras(100), 10);
        holdTogether(1_000);
        assertThat(holders()).hasSize(100);
        assertThat(shares(holders()).values()).hasSize(3).allSatisfy(n -> assertThat(n).isBetween(33L, 34L));
    }

    @Test
    void theCamerasOfAProcessorThatIsUnregisteredMoveAndTheOthersStay() {
        movesOnlyTheCamerasOf("p2", () -> site.unregister("p2"));
    }

    @Test
    void theCamerasOfAProcessorThatFallsIllMoveAndDoNotComeBack() {
        Map<String, Set<String>> after = movesOnlyTheCamerasOf("p2", () -> site.fallIll("p2"));
        Instant moved = site.now();
        Await.until("the other instance has had its 25 ms to see it",
                () -> site.now().isAfter(moved.plusMillis(500)));
        site.recover("p2");
        capture(cameras(12), 2);
        holdTogether(24);
        assertThat(holders()).isEqualTo(after);
        capture(List.of("new"), 1);
        holdTogether(25);
        assertThat(holder("new")).as("it has the fewest").isEqualTo("p2");
    }

    private Map<String, Set<String>> movesOnlyTheCamerasOf(String gone, Runnable goes) {
        List.of("p1", "p2", "p3").forEach(id -> site.register(id, 1_000, "face"));
        site.start("i1");
        site.start("i2");
        capture(cameras(12), 2);
        holdTogether(24);
        Map<String, Set<String>> before = holders();
        emptyQueues();
        goes.run();
        capture(cameras(12), 2);
        holdTogether(24);
        Map<String, Set<String>> after = holders();
        assertThat(shares(after)).isEqualTo(Map.of("p1", 6L, "p3", 6L));
        before.forEach((camera, processors) -> {
            if (!processors.contains(gone)) {
                assertThat(after).containsEntry(camera, processors);
            }
        });
        emptyQueues();
        return after;
    }

    @Test
    void aCameraWhoseProcessorIsFullMovesToOneThatHasRoomAndStaysThere() {
        site.register("p1", 2, "face");
        site.register("p2", 10, "face");
        site.start("i1");
        capture(List.of("cam"), 2);
        holdTogether(2);
        assertThat(holder("cam")).isEqualTo("p1");
        capture(List.of("cam"), 1);
        holdTogether(3);
        emptyQueues();
        capture(List.of("cam"), 2);
        holdTogether(2);
        assertThat(holder("cam")).isEqualTo("p2");
    }

    @Test
    void whileNobodyHasRoomACameraKeepsItsProcessorAndItsFrameWaits() {
        site.register("p1", 1, "face");
        site.register("p2", 1, "face");
        Pipeline way = site.start("i1");
        capture(List.of("a", "b"), 1);
        holdTogether(2);
        String own = holder("a");
        capture(List.of("a"), 1);
        Await.until("it waits", () -> way.view().waiting() == 1);
        site.read(own, 1).forEach(entry -> site.finish(own, entry));
        holdTogether(2);
        assertThat(holder("a")).isEqualTo(own);
    }

    @Test
    void aFrameThatFailedGoesElsewhereAndItsCameraStays() {
        site.register("p1", 10, "face");
        site.register("p2", 10, "face");
        site.start("i1");
        capture(List.of("cam"), 1);
        holdTogether(1);
        StreamEntry failed = site.read("p1", 1).getFirst();
        site.giveBack("p1", failed, ReturnReason.FAILED, Duration.ZERO);
        Await.until("the other has it", () -> site.length("frames:ready:p2") == 1);
        capture(List.of("cam"), 1);
        holdTogether(2);
        assertThat(site.length("frames:ready:p1")).isOne();
    }

    @Test
    void camerasKeepTheirProcessorsWhenAllInstancesAreStartedAnew() {
        List.of("p1", "p2", "p3").forEach(id -> site.register(id, 100, "face"));
        Pipeline first = site.start("i1");
        capture(cameras(7), 1);
        holdTogether(7);
        Map<String, Set<String>> before = holders();
        site.stop(first);
        site.start("another");
        capture(cameras(7).reversed(), 1);
        holdTogether(14);
        assertThat(holders()).isEqualTo(before);
    }

    @Test
    void afterRedisWasEmptiedCamerasAreAssignedAnew() {
        site.register("p1", 100, "face");
        site.start("i1");
        capture(cameras(2), 1);
        holdTogether(2);
        site.redis.call("FLUSHALL");
        site.register("p1", 100, "face");
        site.register("p2", 100, "face");
        capture(cameras(2), 1);
        holdTogether(2);
        Await.until("both are assigned", () -> assigned() == 2);
    }

    @Test
    void beyondTheLimitCamerasKeepTheirProcessorsWithoutBeingRemembered() {
        site.register("p1", 100, "face");
        site.register("p2", 100, "face");
        start(3, Duration.ofHours(1));
        capture(cameras(20), 3);
        holdTogether(60);
        assertThat(shares(holders())).containsOnlyKeys("p1", "p2");
        assertThat(assigned()).isEqualTo(3);
    }

    @Test
    void aCameraThatHasGoneIsForgotten() {
        site.register("p1", 100, "face");
        start(10, Duration.ofMillis(200));
        capture(List.of("cam"), 1);
        holdTogether(1);
        Await.until("it is forgotten", () -> assigned() == 0);
    }

    @Test
    void aCameraIsSeenAsLongAsItsFramesCome() {
        site.register("p1", 10_000, "face");
        start(10, Duration.ofSeconds(1));
        capture(List.of("cam"), 1);
        Await.until("it is assigned", () -> assigned() == 1);
        double first = lastSeen();
        Await.until("it is seen again", () -> {
            capture(List.of("cam"), 1);
            return lastSeen() > first;
        });
    }

    private double lastSeen() {
        String need = new CameraNeed("cam", "face").encode();
        Object score = site.redis.call("ZSCORE", Site.KEYS.affinitySeen(), need);
        return score == null ? 0 : Double.parseDouble(Replies.text(score));
    }

    private long assigned() {
        return Replies.number(site.redis.call("HLEN", Site.KEYS.affinity()));
    }

    @Test
    void whatStandsInTheWayOfTheTableIsSaidAndFramesGoWhenItIsGone() {
        site.register("p1", 10, "face");
        site.redis.call("SET", Site.KEYS.affinity(), "in the way");
        Pipeline way = site.start("i1");
        capture(List.of("cam"), 1);
        Await.until("it is said", () -> way.trouble().orElse("").contains("WRONGTYPE"));
        site.redis.call("DEL", Site.KEYS.affinity());
        holdTogether(1);
        Await.until("all is well", () -> way.trouble().isEmpty());
    }

    @Test
    void otherStrategiesKeepNoTable() {
        site.strategy = RoutingStrategy.LEAST_LOADED;
        site.register("p1", 10, "face");
        site.start("i1");
        capture(List.of("cam"), 1);
        holdTogether(1);
        assertThat(site.redis.call("EXISTS", Site.KEYS.affinity(), Site.KEYS.affinityChanges(),
                Site.KEYS.affinitySeen())).isEqualTo(0L);
    }
}
