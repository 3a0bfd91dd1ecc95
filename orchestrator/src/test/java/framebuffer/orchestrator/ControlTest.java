package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.flowcontrol.OperatorSwitches.SwitchState;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.tables.PressureStore;
import framebuffer.testkit.Await;
import framebuffer.wire.Secret;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.PressureLevel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All instances obey the operator's switch, and publish the same backpressure. */
class ControlTest {
    @RegisterExtension
    static final RedisSite REDIS = new RedisSite();

    private Site site;

    @BeforeEach
    void open() {
        site = REDIS.site();
    }

    private void level(Pipeline way, PressureLevel level) {
        Await.until("the level is " + level, () -> way.pressure().level() == level);
    }

    @Test
    void whilePausedNothingIsHandedOffAlsoByAnInstanceThatJoinsLater() {
        site.register("face-1", 10, "face");
        Pipeline first = site.start("i1");
        Pipeline second = site.start("i2");
        site.control(first).pause(site.redis);
        Await.until("the second knows", () -> site.control(second).view() == SwitchState.PAUSED);
        Pipeline late = site.start("i3");
        for (int i = 0; i < 30; i++) {
            site.capture("f" + i, "cam", "face");
        }
        Await.until("all wait", () -> first.view().waiting() + second.view().waiting()
                + late.view().waiting() == 30);
        assertThat(site.length("frames:ready:face-1")).isZero();
        site.control(late).resume(site.redis);
        Await.until("ten go", () -> site.length("frames:ready:face-1") == 10);
    }

    @Test
    void aPauseByAnOperatorIsToldToProducers() {
        site.register("face-1", 10, "face");
        Pipeline way = site.start("i1");
        site.control(way).pause(site.redis);
        Await.until("they are told", () -> PressureStore.read(site.redis, Site.KEYS).operatorPaused());
        Backpressure told = PressureStore.read(site.redis, Site.KEYS);
        assertThat(told.pausedBy()).isEqualTo("operator");
        assertThat(told.consumptionRate(List.of("face"))).isZero();
        assertThat(told.level()).isEqualTo(PressureLevel.NORMAL);
    }

    @Test
    void whenProcessorsAreFullAndFramesWaitThePressureIsCriticalForAllInstancesAndForTheirCapabilityOnly() {
        site.register("face-1", 2, "face");
        site.register("car-1", 2, "car");
        Pipeline first = site.start("i1");
        Pipeline second = site.start("i2");
        for (int i = 0; i < 5; i++) {
            site.capture("f" + i, "cam", "face");
        }
        level(first, PressureLevel.CRITICAL);
        level(second, PressureLevel.CRITICAL);
        Backpressure told = PressureStore.read(site.redis, Site.KEYS);
        assertThat(told.consumptionRate(List.of("face"))).isZero();
        assertThat(told.consumptionRate(List.of("car"))).isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            Await.until("another comes", () -> site.length("frames:ready:face-1") > 0);
            for (StreamEntry entry : site.read("face-1", 1)) {
                site.finish("face-1", entry);
            }
        }
        level(second, PressureLevel.NORMAL);
        assertThat(site.length("frames:capture")).isZero();
    }

    @Test
    void aUserWhoMayUseNoChannelAndNothingDangerousIsEnoughForTheService() {
        site.redis.call("ACL", "SETUSER", "few", "reset", "on", ">rights", "~*", "+@all", "-@dangerous");
        RedisAddress local = REDIS.address();
        Pipeline way = site.start("i1",
                new RedisAddress(local.host(), local.port(), false, "few", new Secret("rights"), 0,
                        local.patience()),
                Pump.PipelineLimits.DEFAULT);
        site.register("face-1", 2, "face");
        site.capture("f1", "cam", "face");
        Await.until("producers are told", () -> PressureStore.read(site.redis, Site.KEYS).processors()
                .containsKey("face-1"));
        Await.until("frames flow", () -> site.length("frames:ready:face-1") == 1);
        assertThat(way.trouble()).isEmpty();
    }

    @Test
    void whoNeedsSomethingThatNobodyOffersAnyMoreIsNoPressureOnWhatElseItNeeds() {
        site.register("face-1", 50, "face");
        site.register("car-1", 1, "car");
        Pipeline way = site.start("i1");
        for (int i = 0; i < 5; i++) {
            site.capture("frame_id", "f" + i, "camera_id", "cam", "metadata",
                    "{\"detection_types\": [\"face\", \"car\"]}");
        }
        Await.until("the capability cars is short", () -> way.view().shortage().equals(Map.of("car", 4)));
        site.unregister("face-1");
        Await.until("no offered capability is short", () -> way.view().shortage().isEmpty());
    }

    @Test
    void whenTheInstanceThatWatchesIsGoneAnotherGoesOn() {
        site.register("face-1", 2, "face");
        Pipeline first = site.start("i1");
        Await.until("the first watches", () -> first.pressure().processors().containsKey("face-1"));
        Pipeline second = site.start("i2");
        for (int i = 0; i < 5; i++) {
            site.capture("f" + i, "cam", "face");
        }
        level(second, PressureLevel.CRITICAL);
        site.stop(first);
        site.register("car-1", 2, "car");
        Await.until("the second instance sees the new processor",
                () -> second.pressure().processors().containsKey("car-1"));
    }
}
