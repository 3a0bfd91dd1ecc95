package framebuffer.orchestrator.observability.search;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.EmptyRedis;
import framebuffer.orchestrator.observability.journey.JournalPageWriter;
import framebuffer.orchestrator.observability.journey.JournalStep;
import framebuffer.orchestrator.observability.journey.JournalStep.HandOffResult;
import framebuffer.orchestrator.observability.journey.JournalStep.HandOffStep;
import framebuffer.orchestrator.observability.journey.JournalStep.StepBatch;
import framebuffer.orchestrator.observability.journey.JournalStep.StepTarget;
import framebuffer.orchestrator.observability.journey.JournalStep.TerminalState;
import framebuffer.orchestrator.observability.journey.JournalStep.TerminalStep;
import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import framebuffer.orchestrator.observability.search.FrameSearch.FoundFrames;
import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.orchestrator.processors.registry.HandClock;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.InPartition;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A list of frames over several partitions with unlike journals. */
class PartitionedSearchTest {
    @RegisterExtension
    static final EmptyRedis redis = new EmptyRedis();
    private static final Partitioning THREE = Partitioning.tagged("", 3);
    private static final Duration RETENTION = Duration.ofMinutes(10);
    private static final Instant BEGIN = Instant.parse("2026-11-23T12:00:00Z");

    private final Random random = new Random(28);
    private final List<InPartition<Registry>> partitions = new ArrayList<>();
    private final List<String> shed = new ArrayList<>();
    private FrameSearch search = new FrameSearch(List.of(), THREE, RETENTION);

    @BeforeEach
    void writeJournals() {
        for (int number = 0; number < 3; number++) {
            Keys keys = THREE.keys(number);
            partitions.add(new InPartition<>(new Partition(number, redis.address(), keys), new Registry(
                    new Registry.Settings(redis.address(), keys, RegistrationLimits.DEFAULT, Duration.ofSeconds(1),
                            new HandClock()))));
        }
        search = new FrameSearch(partitions, THREE, RETENTION);
        // The first partition has many pages with few frames that match, so that it is read to its bound.
        for (int page = 0; page < 900; page++) {
            Instant at = BEGIN.plusMillis(page * 100L);
            write(0, at, page % 90 == 0 ? 1 : 0, "superseded");
            if (page % 100 == 0) {
                write(1, at.plusMillis(1), random.nextInt(9), "superseded");
            }
        }
        write(2, BEGIN.plusMillis(45_003), 5, "superseded");
    }

    @AfterEach
    void close() {
        partitions.forEach(one -> one.service().close());
    }

    private void write(int partition, Instant at, int matching, String reason) {
        JournalPageWriter page = new JournalPageWriter();
        List<JournalStep> steps = new ArrayList<>();
        for (int i = 0; i < 3 + matching; i++) {
            String name = "p" + partition + "-" + at.toEpochMilli() + "-" + i;
            steps.add(new TerminalStep(name, camera(partition), new EntryId(at.toEpochMilli(), i), at,
                    TerminalState.SHED, i < matching ? reason : "expired", "", SourceKind.CAPTURE, List.of("face")));
            if (i < matching) {
                shed.add(name);
            }
        }
        page.add(new StepBatch(at, ProcessorLoads.of(List.of(), List.of()), steps));
        redis.call("XADD", THREE.keys(partition).journey(), at.toEpochMilli() + "-*", "instance", "one", "page",
                page.finish());
    }

    private static String camera(int partition) {
        return IntStream.range(0, 1_000).mapToObj(i -> "cam-" + i).filter(one -> THREE.of(one) == partition).findFirst()
                .orElseThrow();
    }

    private List<FoundFrame> all(FrameFilter filter, int limit) throws InterruptedException {
        List<FoundFrame> all = new ArrayList<>();
        @Nullable
        String cursor = "";
        while (cursor != null) {
            FoundFrames page = search.find(filter, cursor, limit);
            assertThat(page.frames()).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page.frames());
            cursor = page.next();
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 1_000})
    void everyFrameIsListedOnceAndTheNewestFirst(int limit) throws InterruptedException {
        List<FoundFrame> found = all(new FrameFilter(null, null, null, "superseded", null, null, null), limit);
        assertThat(found).extracting(FoundFrame::frameId).containsExactlyInAnyOrderElementsOf(shed);
        assertThat(found).extracting(FoundFrame::at).isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void oneRequestReadsABoundedPartOfTheJournal() throws InterruptedException {
        FrameFilter none = new FrameFilter(null, null, null, "rejected", null, null, null);
        assertThat(search.find(none, "", 10).next()).as("the journal goes on behind the bound").isNotNull();
        assertThat(all(none, 10)).isEmpty();
    }

    @Test
    void howManyFramesWereHandedOffDoesNotChangeHowOftenTheQueuesAreRead() throws InterruptedException {
        for (int page = 0; page < 60; page++) {
            writeHandedOff(BEGIN.plusSeconds(100 + page), 100);
        }
        redis.call("XADD", THREE.keys(2).deferred(), "*", "capture_id",
                BEGIN.plusSeconds(130).toEpochMilli() + "-7", "capability", "face");
        long before = scripts();
        List<FoundFrame> waiting = all(
                new FrameFilter(camera(2), null, FrameState.WAITING, null, null, null, null), 10);
        assertThat(waiting).extracting(FoundFrame::state).containsExactly(FrameState.WAITING);
        assertThat(scripts() - before).isLessThan(20);
    }

    private void writeHandedOff(Instant at, int frames) {
        JournalPageWriter page = new JournalPageWriter();
        List<JournalStep> steps = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            steps.add(new HandOffStep("f" + i, camera(2), new EntryId(at.toEpochMilli(), i), at, at,
                    SourceKind.CAPTURE, null, null, 1, "", HandOffResult.HANDED_OFF,
                    List.of(new StepTarget("face", "face-1"))));
        }
        page.add(new StepBatch(at, ProcessorLoads.of(List.of(), List.of()), steps));
        redis.call("XADD", THREE.keys(2).journey(), at.toEpochMilli() + "-*", "instance", "one", "page",
                page.finish());
    }

    /** How many scripts Redis has run. */
    private static long scripts() {
        return Replies.text(redis.call("INFO", "commandstats")).lines().filter(line -> line.startsWith("cmdstat_eval"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+).*", "$1"))).sum();
    }

    @Test
    void ofACameraOnlyItsPartitionIsSearched() throws InterruptedException {
        redis.call("SET", THREE.keys(0).journey(), "in the way");
        List<FoundFrame> found = all(new FrameFilter(camera(2), null, null, "superseded", null, null, null), 2);
        assertThat(found).hasSize(5).allMatch(frame -> frame.cameraId().equals(camera(2)));
    }
}
