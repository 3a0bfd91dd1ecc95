package framebuffer.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Who may use what. Think hard about the layering before changing a rule here. */
class ArchitectureTest {
    private static final JavaClasses ALL = new ClassFileImporter().importPaths(Repository.classes());

    /** What decides and does nothing else: it takes (event, snapshot, now) and returns a value. */
    private static final DescribedPredicate<JavaClass> DECISIONS = resideInAnyPackage(
            "framebuffer.orchestrator.pipeline.routing..", "framebuffer.orchestrator.pipeline.admission..")
            .or(simpleNameEndingWith("Policy").and(resideInAnyPackage("framebuffer.orchestrator.."))).as("decisions");

    /** What a policy takes and returns: it stands beside the policy, and can only be looked at. */
    private static final DescribedPredicate<JavaClass> VALUES = resideInAnyPackage("framebuffer.orchestrator..")
            .and(describe("values", type -> type.isRecord() || type.isEnum() || type.isInterface()
                    || type.getSimpleName().endsWith("Snapshot")));

    private static final SliceAssignment PACKAGES = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    };

    @Test
    void theClassesOfEveryModuleAreSeen() {
        Assertions.assertThat(ALL.size()).isGreaterThan(100);
        Assertions.assertThat(ALL.stream().filter(DECISIONS).count()).isPositive();
    }

    @Test
    void onlyStreamsUsesTheRedisClient() {
        noClasses().that().resideOutsideOfPackage("framebuffer.redis..").should().dependOnClassesThat()
                .resideInAnyPackage("redis.clients..", "redis.embedded..").check(ALL);
    }

    @Test
    void onlyOnePackageUsesTheMqttClient() {
        noClasses().that().resideOutsideOfPackage("framebuffer.bridge.mqtt.client..").should().dependOnClassesThat()
                .resideInAnyPackage("com.hivemq..", "io.netty..").check(ALL);
    }

    @Test
    void onlyTheServersUseTheWebServer() {
        noClasses().that()
                .resideOutsideOfPackages("framebuffer.orchestrator.api.server..", "framebuffer.migration.web..")
                .should().dependOnClassesThat().resideInAPackage("org.eclipse.jetty..").check(ALL);
    }

    @Test
    void onlyTelemetryAndTheWiringUseMetricsAndTracing() {
        noClasses().that()
                .resideOutsideOfPackages("framebuffer..telemetry..", "framebuffer.app..", "framebuffer.trials..")
                .and().doNotHaveFullyQualifiedName("framebuffer.orchestrator.Orchestrator")
                .and().doNotHaveFullyQualifiedName("framebuffer.orchestrator.CompositionRoot").should()
                .dependOnClassesThat().resideInAnyPackage("io.prometheus..", "io.opentelemetry..").check(ALL);
    }

    @Test
    void onlyTheRootOfTheOrchestratorUsesItsTelemetryAndItsApi() {
        for (String leaf : List.of("framebuffer.orchestrator.observability.telemetry..",
                "framebuffer.orchestrator.api..")) {
            noClasses().that().resideInAPackage("framebuffer.orchestrator.*..").and()
                    .resideOutsideOfPackage(leaf).should().dependOnClassesThat().resideInAPackage(leaf).check(ALL);
        }
    }

    @Test
    void aDecisionNeedsNothingButTheJdkAndTheWire() {
        classes().that(DECISIONS).should().onlyDependOnClassesThat(DECISIONS.or(VALUES)
                .or(resideInAnyPackage("java..", "framebuffer.wire..", "org.jspecify.."))).check(ALL);
    }

    @Test
    void aDecisionHasNoClockAndNoThreads() {
        noClasses().that(DECISIONS).should().callMethod(Instant.class, "now")
                .orShould().callMethod(InstantSource.class, "instant")
                .orShould().callMethod(System.class, "currentTimeMillis")
                .orShould().callMethod(System.class, "nanoTime")
                .orShould().dependOnClassesThat().areAssignableTo(Thread.class)
                .orShould().dependOnClassesThat().resideInAPackage("java.util.concurrent.locks..").check(ALL);
    }

    @Test
    void theModulesBuildOnEachOtherOneWay() {
        noClasses().that().resideInAPackage("framebuffer.wire..").should().dependOnClassesThat(
                resideInAnyPackage("framebuffer..").and(not(resideInAnyPackage("framebuffer.wire..")))).check(ALL);
        noClasses().that().resideInAPackage("framebuffer.redis..").should().dependOnClassesThat()
                .resideInAnyPackage("framebuffer.client..", "framebuffer.orchestrator..").check(ALL);
        noClasses().that().resideInAPackage("framebuffer.orchestrator..").should().dependOnClassesThat()
                .resideInAnyPackage("framebuffer.client..", "framebuffer.vision..", "framebuffer.app..").check(ALL);
        noClasses().that().resideInAPackage("framebuffer.bridge..").should().dependOnClassesThat(
                resideInAnyPackage("framebuffer..").and(not(resideInAnyPackage("framebuffer.bridge..",
                        "framebuffer.redis..", "framebuffer.wire.."))))
                .check(ALL);
        noClasses().that().resideOutsideOfPackages("framebuffer.bridge..", "framebuffer.app..").should()
                .dependOnClassesThat().resideInAPackage("framebuffer.bridge..").check(ALL);
        noClasses().that().resideInAPackage("framebuffer.migration..").should().dependOnClassesThat(
                resideInAnyPackage("framebuffer..").and(not(resideInAnyPackage("framebuffer.migration..",
                        "framebuffer.redis..", "framebuffer.wire.."))))
                .check(ALL);
        noClasses().that().resideOutsideOfPackages("framebuffer.migration..", "framebuffer.app..").should()
                .dependOnClassesThat().resideInAPackage("framebuffer.migration..").check(ALL);
        classes().that().resideInAPackage("framebuffer.trials.bench").and().haveSimpleNameEndingWith("Benchmark")
                .should()
                .onlyDependOnClassesThat().resideInAnyPackage("java..", "org.openjdk.jmh..", "org.jspecify..",
                        "framebuffer.wire..", "framebuffer.orchestrator..", "framebuffer.trials.bench")
                .check(ALL);
        noClasses().that().resideOutsideOfPackage("framebuffer.trials..").should().dependOnClassesThat()
                .resideInAnyPackage("org.openjdk.jmh..", "framebuffer.trials..").check(ALL);
        noClasses().that().resideOutsideOfPackages("framebuffer.testkit..", "framebuffer.trials..").should()
                .dependOnClassesThat()
                .resideInAPackage("framebuffer.testkit..").check(ALL);
    }

    @Test
    void noPackagesNeedEachOtherInACircle() {
        slices().assignedFrom(PACKAGES).should().beFreeOfCycles().check(ALL);
    }
}
