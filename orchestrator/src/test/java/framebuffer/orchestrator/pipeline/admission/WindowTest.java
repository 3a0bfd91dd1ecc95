package framebuffer.orchestrator.pipeline.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.orchestrator.pipeline.admission.Window.PlacementResult;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class WindowTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_000);

    private static final Starvation NEVER = new Starvation(Integer.MAX_VALUE, Duration.ofDays(10_000));

    private final Window<Ticket> window = new Window<>(new Window.Limit(10, 160_000), NEVER);

    private record Ticket(String name, String cameraId, int priority, EntryId captureId, List<String> needs,
            Instant notBefore)
            implements
                WindowItem {
        @Override
        public boolean begun() {
            return name.startsWith("begun");
        }

        @Override
        public long bytes() {
            return name.startsWith("large") ? 90_000 : 100;
        }

        static Ticket of(String name, int priority, int order) {
            return new Ticket(name, "cam", priority, new EntryId(order, 0), List.of("face"), Instant.EPOCH);
        }

        Ticket of(String camera) {
            return new Ticket(name, camera, priority, captureId, needs, notBefore);
        }

        Ticket needing(String... capabilities) {
            return new Ticket(name, cameraId, priority, captureId, List.of(capabilities), notBefore);
        }

        Ticket notBefore(Instant due) {
            return new Ticket(name, cameraId, priority, captureId, needs, due);
        }
    }

    private List<String> leaving(int most, Window.Placement<Ticket> judge) {
        List<String> gone = new ArrayList<>();
        window.offer(NOW, most, (ticket, passed) -> {
            PlacementResult verdict = judge.judge(ticket, passed);
            if (verdict == PlacementResult.GOES) {
                gone.add(ticket.name());
            }
            return verdict;
        });
        return gone;
    }

    private List<String> allLeaving() {
        return leaving(Integer.MAX_VALUE, (_, _) -> PlacementResult.GOES);
    }

    @Test
    void theMoreUrgentGoesFirstAndAmongEqualsTheOlder() {
        List.of(Ticket.of("low1", 1, 1), Ticket.of("high1", 9, 2), Ticket.of("med1", 5, 3), Ticket.of("low2", 1, 4),
                Ticket.of("high2", 9, 5)).forEach(ticket -> window.add(ticket, NOW));
        assertThat(allLeaving()).containsExactly("high1", "high2", "med1", "low1", "low2");
        assertThat(window.size()).isZero();
    }

    @Test
    void whatComesBackGoesAheadOfWhatIsFresher() {
        window.add(Ticket.of("fresh", 0, 7), NOW);
        window.add(Ticket.of("back", 0, 3), NOW);
        assertThat(allLeaving()).containsExactly("back", "fresh");
    }

    @Test
    void aLineThatCannotGoHoldsUpNoOther() {
        window.add(Ticket.of("face", 9, 1), NOW);
        window.add(Ticket.of("car", 0, 2).needing("car"), NOW);
        assertThat(leaving(10,
                (ticket, _) -> ticket.needs().contains("car") ? PlacementResult.GOES : PlacementResult.WAITS))
                .containsExactly("car");
        assertThat(window.size()).isOne();
    }

    @Test
    void ofALineThatCannotGoOnlyTheFirstIsAsked() {
        IntStream.range(0, 5).forEach(i -> window.add(Ticket.of("t" + i, 0, i), NOW));
        List<String> asked = new ArrayList<>();
        window.offer(NOW, 10, (ticket, _) -> {
            asked.add(ticket.name());
            return PlacementResult.WAITS;
        });
        assertThat(asked).containsExactly("t0");
    }

    @Test
    void oneThatIsHeldLetsThoseBehindItGoAndKeepsItsPlace() {
        IntStream.range(0, 3).forEach(i -> window.add(Ticket.of("t" + i, 0, i), NOW));
        assertThat(leaving(10, (ticket, _) -> ticket.name().equals("t1") ? PlacementResult.HELD : PlacementResult.GOES))
                .containsExactly("t0", "t2");
        window.add(Ticket.of("t3", 0, 3), NOW);
        assertThat(window.size()).isEqualTo(2);
        assertThat(allLeaving()).containsExactly("t1", "t3");
    }

    @Test
    void noMoreAreHeldAtOnceThanMayLeave() {
        IntStream.range(0, 5).forEach(i -> window.add(Ticket.of("t" + i, 0, i), NOW));
        List<String> asked = new ArrayList<>();
        window.offer(NOW, 2, (ticket, _) -> {
            asked.add(ticket.name());
            return PlacementResult.HELD;
        });
        assertThat(asked).containsExactly("t0", "t1");
        assertThat(allLeaving()).containsExactly("t0", "t1", "t2", "t3", "t4");
    }

    @Test
    void noMoreLeaveThanAskedFor() {
        IntStream.range(0, 5).forEach(i -> window.add(Ticket.of("t" + i, 0, i), NOW));
        assertThat(leaving(2, (_, _) -> PlacementResult.GOES)).containsExactly("t0", "t1");
    }

    @Test
    void whatMustWaitIsNotOfferedBeforeItsTime() {
        Instant due = NOW.plus(Duration.ofSeconds(1));
        window.add(Ticket.of("later", 10, 1).notBefore(due), NOW);
        window.add(Ticket.of("now", 0, 2), NOW);
        assertThat(allLeaving()).containsExactly("now");
        List<String> gone = new ArrayList<>();
        window.offer(due, 10, (ticket, _) -> {
            gone.add(ticket.name());
            return PlacementResult.GOES;
        });
        assertThat(gone).containsExactly("later");
    }

    private List<String> superseded(Ticket newest) {
        return window.addLatest(newest, NOW, 0).stream().map(Ticket::name).toList();
    }

    @Test
    void whereOnlyTheNewestIsWantedANewOneSupersedesTheOlderOfItsCamera() {
        List.of(Ticket.of("old1", 9, 1), Ticket.of("old2", 0, 2), Ticket.of("other", 0, 3).of("gate"))
                .forEach(ticket -> window.add(ticket, NOW));
        assertThat(superseded(Ticket.of("new", 5, 4))).containsExactlyInAnyOrder("old1", "old2");
        assertThat(window.size()).isEqualTo(2);
        assertThat(allLeaving()).containsExactly("new", "other");
    }

    @Test
    void whereOnlyTheNewestIsWantedAnOlderOneThatComesLateIsSuperseded() {
        assertThat(superseded(Ticket.of("new", 0, 4))).isEmpty();
        assertThat(superseded(Ticket.of("late", 9, 3))).containsExactly("late");
        assertThat(superseded(Ticket.of("another part", 0, 4))).isEmpty();
        assertThat(allLeaving()).containsExactlyInAnyOrder("new", "another part");
    }

    @Test
    void whatSomebodyHasBegunWithIsNotSupersededAndSupersedesNothing() {
        window.add(Ticket.of("begun1", 0, 1), NOW);
        assertThat(superseded(Ticket.of("new1", 0, 2))).isEmpty();
        assertThat(superseded(Ticket.of("begun2", 0, 3))).isEmpty();
        assertThat(superseded(Ticket.of("new2", 0, 4))).containsExactly("new1");
        assertThat(allLeaving()).containsExactly("begun1", "new2", "begun2");
    }

    @Test
    void aFrameIsSupersededByOneThatNeedsAsMuchAndMore() {
        window.add(Ticket.of("face", 0, 1), NOW);
        window.add(Ticket.of("car", 0, 2).needing("car"), NOW);
        window.add(Ticket.of("any", 0, 3).needing(), NOW);
        assertThat(superseded(Ticket.of("both", 0, 4).needing("face", "age"))).containsExactly("face");
        assertThat(superseded(Ticket.of("face", 0, 5))).as("it does not need the age").isEmpty();
        assertThat(superseded(Ticket.of("any", 0, 6).needing())).containsExactly("any");
        assertThat(window.lengths()).isEqualTo(Map.of(List.of("face", "age"), 1, List.of("face"), 1, List.of("car"), 1,
                List.of(), 1));
    }

    @Test
    void roomShrinksToZeroAndNotBelow() {
        IntStream.range(0, 12).forEach(i -> window.add(Ticket.of("t" + i, 0, i), NOW));
        assertThat(window.room()).isZero();
        assertThat(window.size()).isEqualTo(12);
        assertThat(window.oldest()).map(Ticket::name).contains("t0");
    }

    @Test
    void aFewLargeFramesLeaveNoRoomAndOneAfterAnotherGoes() {
        window.add(Ticket.of("small", 0, 0), NOW);
        window.add(Ticket.of("large-1", 0, 1), NOW);
        assertThat(window.room()).isEqualTo(8);
        window.add(Ticket.of("large-2", 0, 2), NOW);
        assertThat(window.room()).isZero();
        assertThat(window.bytes()).isEqualTo(180_100);
        assertThat(leaving(10, (_, _) -> PlacementResult.GOES)).containsExactly("small", "large-1");
        assertThat(window.room()).isEqualTo(9);
        assertThat(leaving(10, (_, _) -> PlacementResult.GOES)).containsExactly("large-2");
        assertThat(window.bytes()).isZero();
    }

    @Test
    void whatComesBackIsLetInUntilTwiceAsMuchIsHereAsMayBe() {
        for (int i = 0; i < 3; i++) {
            window.add(Ticket.of("large" + i, 0, i), NOW);
            assertThat(window.isOverfull()).isFalse();
        }
        window.add(Ticket.of("large", 0, 3), NOW);
        assertThat(window.isOverfull()).isTrue();
        window.removeIf(_ -> true);
        assertThat(window.bytes()).isZero();
    }

    @Test
    void whatIsForgottenIsGoneFromEveryLine() {
        window.add(Ticket.of("a", 0, 1), NOW);
        window.add(Ticket.of("b", 0, 2).notBefore(NOW.plusSeconds(9)), NOW);
        window.add(Ticket.of("c", 0, 3).needing("car"), NOW);
        assertThat(window.removeIf(ticket -> !ticket.name().equals("c"))).extracting(Ticket::name)
                .containsExactlyInAnyOrder("a", "b");
        assertThat(window.size()).isOne();
        assertThat(allLeaving()).containsExactly("c");
    }

    @Test
    void aWindowWithoutRoomMakesNoSense() {
        assertThatThrownBy(() -> Window.Limit.of(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @RepeatedTest(50)
    void forAnyArrivalsTheOrderIsByPriorityThenCaptureAndNoneIsLost(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        List<Ticket> arrivals = IntStream.range(0, 200).mapToObj(i -> Ticket.of("t" + i, random.nextInt(11), i)
                .needing(random.nextBoolean() ? "face" : "car")).toList();
        arrivals.forEach(ticket -> window.add(ticket, NOW));
        List<String> expected = arrivals.stream()
                .sorted(Comparator.comparingInt((Ticket t) -> -t.priority()).thenComparing(Ticket::captureId))
                .map(Ticket::name).toList();
        List<String> gone = new ArrayList<>();
        while (window.size() > 0) {
            gone.addAll(leaving(1 + random.nextInt(20), (_, _) -> PlacementResult.GOES));
        }
        assertThat(gone).isEqualTo(expected);
    }
}
