package framebuffer.orchestrator.processors.health;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.processors.health.Circuit.Cause;
import framebuffer.orchestrator.processors.health.Circuit.Closed;
import framebuffer.orchestrator.processors.health.Circuit.HalfOpen;
import framebuffer.orchestrator.processors.health.Circuit.Open;
import framebuffer.orchestrator.processors.health.Eligibility.JudgedProcessor;
import framebuffer.orchestrator.processors.health.PanicPolicy.PanicCandidate;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.Registration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EligibilityTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final ProcessorHealth WELL = new ProcessorHealth(HealthStatus.HEALTHY, "says so");
    private static final ProcessorHealth ILL = new ProcessorHealth(HealthStatus.UNHEALTHY, "is silent");
    private static final int PROBES = 3;

    private static Registration named(String id, String... capabilities) {
        return Registration.of(id, capabilities.length == 0 ? List.of("face") : List.of(capabilities), 9);
    }

    private static Circuit open(int since) {
        return new Open(NOW.plusSeconds(since), Cause.FAILURES);
    }

    private static PanicCandidate member(String id, Circuit circuit, String... capabilities) {
        return new PanicCandidate(named(id, capabilities), circuit);
    }

    private static Eligibility alone(ProcessorHealth health, Circuit circuit) {
        return Eligibility.of(List.of(new JudgedProcessor(named("a"), health, false, circuit)), PROBES);
    }

    @Test
    void ofTwoBothMayBeCutOff() {
        assertThat(PanicPolicy.readmitted(List.of(member("a", open(1)), member("b", open(2))))).isEmpty();
    }

    @Test
    void ofThreeOneMayBeCutOffAndThoseThatFailedLastGoOn() {
        assertThat(PanicPolicy.readmitted(List.of(member("a", open(1)), member("b", Circuit.CLOSED),
                member("c", Circuit.CLOSED)))).isEmpty();
        assertThat(PanicPolicy.readmitted(List.of(member("a", open(3)), member("b", open(1)), member("c", open(2)))))
                .containsExactlyInAnyOrder("a", "c");
    }

    @Test
    void ofFourTwoMayBeCutOff() {
        assertThat(PanicPolicy.readmitted(List.of(member("a", open(1)), member("b", open(1)),
                member("c", Circuit.CLOSED), member("d", new HalfOpen(NOW, 0, false, Cause.FAILURES))))).isEmpty();
        assertThat(PanicPolicy.readmitted(List.of(member("a", open(1)), member("b", open(1)), member("c", open(1)),
                member("d", Circuit.CLOSED)))).containsExactly("c");
    }

    @Test
    void thoseThatStallNeitherGoOnNorCount() {
        Circuit stalled = new Open(NOW, Cause.STALLED);
        assertThat(PanicPolicy.readmitted(List.of(member("a", stalled), member("b", stalled), member("c", stalled))))
                .isEmpty();
        assertThat(PanicPolicy.readmitted(List.of(member("a", open(1)), member("b", open(2)), member("c", stalled))))
                .isEmpty();
    }

    @Test
    void eachCapabilityIsLookedAtByItself() {
        assertThat(PanicPolicy.readmitted(List.of(member("a", open(1), "face"), member("b", open(2), "face", "car"),
                member("c", Circuit.CLOSED, "car"), member("d", Circuit.CLOSED, "face")))).containsExactly("b");
    }

    @ParameterizedTest
    @MethodSource("framebuffer.orchestrator.processors.health.Seeds#some")
    void neverAreMoreThanHalfCutOffByFailuresAndNoMoreGoOnThanMust(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<JudgedProcessor> all = new ArrayList<>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                all.add(new JudgedProcessor(named("p" + i), random.nextInt(6) == 0 ? ILL : WELL, random.nextInt(6) == 0,
                        any(random)));
            }
            Eligibility eligibility = Eligibility.of(all, PROBES);
            List<JudgedProcessor> working = all.stream().filter(one -> one.health().usable() && !one.draining()
                    && !(one.circuit() instanceof Open open && open.cause() == Cause.STALLED)).toList();
            long failing = working.stream().filter(one -> one.circuit() instanceof Open).count();
            long goOn = eligibility.readmitted().size();
            assertThat(goOn).isEqualTo(working.size() < 3 ? 0 : Math.max(0, failing - working.size() / 2));
            assertThat(eligibility.available())
                    .allSatisfy(one -> assertThat(eligibility.cutOff()).doesNotContain(one.id()));
            for (JudgedProcessor one : all) {
                int sent = eligibility.available().stream().filter(a -> a.id().equals(one.registration().id()))
                        .mapToInt(Registration::capacity).sum();
                boolean tried = one.circuit() instanceof HalfOpen;
                boolean cut = one.circuit() instanceof Open
                        && !eligibility.readmitted().contains(one.registration().id());
                assertThat(sent).isEqualTo(!one.health().usable() || one.draining() || cut ? 0 : tried ? PROBES : 9);
            }
        }
    }

    private static Circuit any(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> Circuit.CLOSED;
            case 1 -> new Closed(2);
            case 2 -> new HalfOpen(NOW, 0, false, Cause.FAILURES);
            case 3 -> new Open(NOW, Cause.STALLED);
            default -> open(random.nextInt(3));
        };
    }

    @Test
    void aDegradedOneGetsHalfAndOneThatIsTriedAFew() {
        ProcessorHealth degraded = new ProcessorHealth(HealthStatus.DEGRADED, "says so itself");
        assertThat(alone(WELL, Circuit.CLOSED).available()).containsExactly(named("a"));
        assertThat(alone(degraded, Circuit.CLOSED).available()).containsExactly(named("a").withCapacity(5));
        assertThat(alone(WELL, new HalfOpen(NOW, 0, false, Cause.FAILURES)).available())
                .containsExactly(named("a").withCapacity(3));
        Registration small = Registration.of("a", List.of("face"), 1);
        assertThat(Eligibility.of(List.of(new JudgedProcessor(small, degraded, false, Circuit.CLOSED)), PROBES)
                .available())
                .containsExactly(small);
    }

    @Test
    void oneThatIsIllOrWhoseCircuitIsOpenIsCutOff() {
        assertThat(alone(ILL, Circuit.CLOSED)).isEqualTo(new Eligibility(List.of(), Set.of("a"), Set.of()));
        assertThat(alone(WELL, open(1))).isEqualTo(new Eligibility(List.of(), Set.of("a"), Set.of()));
    }

    @Test
    void oneThatDrainsGetsNothingAndKeepsWhatItHas() {
        assertThat(Eligibility.of(List.of(new JudgedProcessor(named("a"), WELL, true, Circuit.CLOSED)), PROBES))
                .isEqualTo(Eligibility.NONE);
    }

    @Test
    void whatIsShownSaysWhatTheCircuitMeans() {
        Circuit halfOpen = new HalfOpen(NOW, 0, false, Cause.FAILURES);
        assertThat(Eligibility.shown(WELL, new Closed(2), false)).isEqualTo(WELL);
        assertThat(Eligibility.shown(ILL, open(1), false)).isEqualTo(ILL);
        assertThat(Eligibility.shown(WELL, halfOpen, false).status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(Eligibility.shown(WELL, open(1), false))
                .isEqualTo(new ProcessorHealth(HealthStatus.UNHEALTHY, "circuit open: too many failures in a row"));
        assertThat(Eligibility.shown(WELL, open(1), true).status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(Eligibility.shown(WELL, new Open(NOW, Cause.STALLED), false).reason()).contains("acknowledged none");
    }
}
