package framebuffer.trials.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.trials.chaos.faults.FaultKind.Scope;
import framebuffer.trials.chaos.faults.FaultPlan.PlanSetup;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPlanTest {
    private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);
    private static final Participants CAST = new Participants(3, 4);

    static LongStream seeds() {
        return LongStream.concat(LongStream.range(0, 200), LongStream.of(System.nanoTime()));
    }

    private static FaultPlan plan(long seed, Duration duration) {
        return FaultPlan.of(new PlanSetup(seed, duration, CAST, ALL));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void eachKindOccursAboutAsOftenAsAnyOther(long seed) {
        for (int minutes : new int[]{2, 4, 10}) {
            FaultPlan plan = plan(seed, Duration.ofMinutes(minutes));
            assertThat(plan.counts()).containsOnlyKeys(ALL);
            assertThat(plan.counts().values()).allSatisfy(count -> assertThat(count).isBetween(
                    minutes * 20L / ALL.size() - 2, minutes * 20L / ALL.size() + 2));
        }
        assertThat(plan(seed, Duration.ofMinutes(10)).faults()).hasSizeGreaterThan(150);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7})
    void alsoAShortRunHoldsNearlyAllKinds(long seed) {
        assertThat(plan(seed, Duration.ofSeconds(40)).counts()).hasSizeGreaterThan(ALL.size() - 4);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everythingHasEndedBeforeTheRunDoesAndNothingHappensAtItsVeryBeginning(long seed) {
        for (Duration duration : List.of(Duration.ofSeconds(5), Duration.ofSeconds(25), Duration.ofMinutes(10))) {
            assertThat(plan(seed, duration).faults()).isNotEmpty().allSatisfy(fault -> {
                assertThat(fault.at()).isGreaterThan(duration.dividedBy(20).compareTo(Duration.ofSeconds(1)) < 0
                        ? duration.dividedBy(20)
                        : Duration.ofSeconds(1));
                assertThat(fault.until()).isLessThan(duration);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingBefallsOneWhileSomethingElseLasts(long seed) {
        List<Fault> faults = plan(seed, Duration.ofMinutes(10)).faults();
        for (int i = 0; i < faults.size(); i++) {
            Fault one = faults.get(i);
            if (one.kind().scope() != Scope.FRAME) {
                assertThat(faults.subList(i + 1, faults.size()))
                        .filteredOn(later -> later.target().equals(one.target()))
                        .allSatisfy(later -> assertThat(later.at()).isGreaterThanOrEqualTo(one.until()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void oneInstanceAndOneProcessorAreLeftAloneAtAnyTime(long seed) {
        List<Fault> faults = plan(seed, Duration.ofMinutes(10)).faults();
        for (Fault moment : faults) {
            List<String> out = faults.stream()
                    .filter(fault -> fault.kind().disables() && fault.at().compareTo(moment.at()) <= 0
                            && fault.until().compareTo(moment.at()) >= 0)
                    .map(Fault::target).toList();
            assertThat(CAST.allInstances()).anySatisfy(one -> assertThat(out).doesNotContain(one));
            assertThat(CAST.allProcessors()).anySatisfy(one -> assertThat(out).doesNotContain(one));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void redisIsThereMostOfTheTime(long seed) {
        Duration away = plan(seed, Duration.ofMinutes(10)).faults().stream()
                .filter(fault -> fault.target().equals(Participants.REDIS) && fault.kind().disables()).map(Fault::lasts)
                .reduce(Duration.ZERO, Duration::plus);
        assertThat(away).isBetween(Duration.ofSeconds(10), Duration.ofMinutes(3));
    }

    @Test
    void suspensionsAreShorterAndLongerThanALease() {
        assertThat(plan(1, Duration.ofHours(1)).faults())
                .filteredOn(fault -> fault.kind() == FaultKind.SUSPEND_INSTANCE)
                .anySatisfy(fault -> assertThat(fault.lasts()).isLessThan(Duration.ofSeconds(4)))
                .anySatisfy(fault -> assertThat(fault.lasts()).isGreaterThan(Duration.ofSeconds(7)));
    }

    @Test
    void theSeedSaysItAll() {
        assertThat(plan(5, Duration.ofMinutes(2))).isEqualTo(plan(5, Duration.ofMinutes(2)))
                .isNotEqualTo(plan(6, Duration.ofMinutes(2)));
    }

    @Test
    void onlyWhatIsAskedForIsDone() {
        PlanSetup cuts = new PlanSetup(1, Duration.ofMinutes(1), CAST, Set.of(FaultKind.CUT));
        assertThat(FaultPlan.of(cuts).counts()).containsOnlyKeys(FaultKind.CUT);
        assertThat(FaultPlan.of(new PlanSetup(1, Duration.ofMinutes(1), CAST, Set.of())).faults()).isEmpty();
    }

    @Test
    void aCastOfOneSuffersToo() {
        PlanSetup alone = new PlanSetup(1, Duration.ofMinutes(3), new Participants(1, 1), ALL);
        assertThat(FaultPlan.of(alone).counts()).containsKeys(FaultKind.KILL_INSTANCE, FaultKind.KILL_PROCESSOR);
    }
}
