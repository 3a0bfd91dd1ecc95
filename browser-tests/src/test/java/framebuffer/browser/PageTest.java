package framebuffer.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.options.AriaRole;
import framebuffer.client.Answer;
import framebuffer.testkit.Await;
import framebuffer.testkit.FaultProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the page shows, and what one can do with it. */
class PageTest {
    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @TempDir
    Path folder;

    static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** The cells of the row that begins with this. */
    static Locator row(Page page, String table, String key) {
        return page.locator("#" + table + " tbody tr")
                .filter(new Locator.FilterOptions().setHas(page.locator("th", new Page.LocatorOptions()
                        .setHasText(Pattern.compile("^" + key + "$")))));
    }

    static Locator figure(Page page, String name) {
        return page.locator("#figures > div")
                .filter(new Locator.FilterOptions().setHas(page.locator("dt",
                        new Page.LocatorOptions().setHasText(Pattern.compile("^" + name + "$")))))
                .locator("dd");
    }

    @Test
    void whatItShowsIsWhatTheApiSays() throws InterruptedException {
        try (Site site = new Site(folder)) {
            site.working("face-1", 8, "face");
            site.idle("people-1", 4, "person");
            for (int i = 0; i < 5; i++) {
                site.capture("f" + i, "yard", "face");
                site.capture("p" + i, "gate", "person");
            }
            site.redis().call("XADD", "frames:capture", "*", "camera_id", "yard");
            Await.until("all came where they stay", () -> {
                JsonNode total = site.get("frames/ledger").path("total");
                return total.path("done").asInt() == 5 && total.path("dead").asInt() == 1
                        && total.path("captured").asInt() == 11;
            });
            Page page = chromium.open(site.url());
            JsonNode total = site.get("frames/ledger").path("total");
            for (String name : List.of("done", "dead", "lost")) {
                assertThat(figure(page, name)).hasText(total.path(name).asText());
            }
            assertThat(figure(page, "in flight")).hasText(total.path("in_flight").asText());
            assertThat(figure(page, "ledger")).hasText("balances");
            JsonNode backlogs = site.get("frames/backlogs");
            assertThat(figure(page, "waiting")).hasText(backlogs.at("/capture/backlog").asText());
            for (JsonNode one : site.get("processors")) {
                assertThat(row(page, "processors", one.path("id").asText())).containsText(
                        one.path("id").asText().equals("face-1") ? one.path("status").asText() : "overloaded");
            }
            for (JsonNode queue : backlogs.path("processors")) {
                assertThat(row(page, "processors", queue.path("processor_id").asText()))
                        .containsText(queue.path("outstanding").asText() + " of " + queue.path("capacity").asText());
            }
            for (JsonNode camera : site.get("frames/ledger").path("cameras")) {
                assertThat(row(page, "cameras", camera.path("camera_id").asText()).locator("td").nth(6))
                        .hasText(camera.path("done").asText());
            }
            assertThat(page.locator("#health")).hasText(site.get("health").path("status").asText());
            assertThat(page.locator("#pressure")).hasText("backpressure "
                    + site.get("control/status").path("backpressure_level").asText().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void theTopologyShowsWhoSendsWhatToWhomAndHowFast() throws InterruptedException {
        try (Site site = new Site(folder)) {
            site.working("face-1", 8, "face");
            site.working("people-1", 8, "person");
            for (int i = 0; i < 20; i++) {
                site.capture("f" + i, "yard", "face");
            }
            site.capture("p", "gate", "person");
            Page page = chromium.open(site.url());
            assertThat(page.locator("#at-cameras .name")).hasText(new String[]{"gate", "yard"});
            assertThat(page.locator("#at-capabilities .name")).hasText(new String[]{"face", "person"});
            assertThat(page.locator("#at-processors .name")).hasText(new String[]{"face-1", "people-1"});
            assertThat(page.locator("#topology path")).hasCount(4);
            Locator yard = page.locator("#at-cameras button").nth(1);
            yard.click();
            assertThat(yard).hasAttribute("aria-pressed", "true");
            assertThat(page.locator("#topology path.lit")).hasCount(2);
            assertThat(page.locator("#topology button[data-aside] .name"))
                    .hasText(new String[]{"gate", "person", "people-1"});
            yard.click();
            assertThat(page.locator("#topology button[data-aside]")).hasCount(0);
        }
    }

    @Test
    void aFrameIsFoundByItsIdAndFollowedToItsEnd() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        try (Site site = new Site(folder)) {
            site.working("face-1", 8, "face", _ -> {
                go.await();
                return Answer.processed("{}");
            });
            site.capture("yard/17 ä", "yard", "face");
            Page page = chromium.open(site.url());
            page.getByLabel("Frame id").fill("yard/17 ä");
            page.keyboard().press("Enter");
            Locator journey = page.locator("#journey");
            assertThat(journey).containsText("yard/17 ä of camera yard");
            assertThat(journey).containsText("handed to face-1 for face");
            assertThat(journey).containsText("chosen: has room for 8");
            assertThat(journey.locator("h3 .state")).not().hasText("done");
            go.countDown();
            assertThat(journey).containsText("face-1 finished it for face");
            assertThat(journey.locator("h3 .state")).hasText("done");
            page.reload();
            assertThat(journey.locator("h3 .state")).hasText("done");
            page.getByLabel("Frame id").fill("nobody");
            button(page, "Find").click();
            assertThat(journey).containsText("Frame \"nobody\" not found");
        }
    }

    @Test
    void aDeadLetterIsHandedOffAgain() throws InterruptedException {
        try (Site site = new Site(folder)) {
            AtomicBoolean focused = new AtomicBoolean();
            site.working("face-1", 8, "face", _ -> focused.getAndSet(true)
                    ? Answer.processed("{}")
                    : Answer.reject("out of focus"));
            site.capture("f", "yard", "face");
            Page page = chromium.open(site.url());
            assertThat(row(page, "letters", "f")).containsText("out of focus");
            button(page, "Requeue f").click();
            assertThat(page.locator("#letters-said")).hasText("Requeued one frame.");
            assertThat(figure(page, "done")).hasText("1");
            assertThat(page.locator("#letters caption")).hasText("None.");
        }
    }

    @Test
    void frameHandOffIsPausedAndResumedOnceItIsConfirmed() {
        try (Site site = new Site(folder)) {
            site.capture("f", "yard", "face");
            Page page = chromium.open(site.url());
            page.onceDialog(Dialog::dismiss);
            button(page, "Pause").click();
            assertThat(site.get("control/status").path("is_paused").asBoolean()).isFalse();
            page.onceDialog(Dialog::accept);
            button(page, "Pause").click();
            assertThat(page.locator("#pressure")).hasText("paused");
            assertThat(row(page, "cameras", "yard")).containsText("paused");
            assertThat(site.get("control/status").path("is_paused").asBoolean()).isTrue();
            button(page, "Resume").click();
            assertThat(page.locator("#pressure")).hasText("backpressure normal");
            assertThat(site.get("control/status").path("is_paused").asBoolean()).isFalse();
        }
    }

    @Test
    void anAlertIsShownWithWhatToDoForAsLongAsItFires() throws InterruptedException {
        try (Site site = new Site(folder)) {
            site.capture("f", "yard", "plates");
            Page page = chromium.open(site.url());
            Locator alert = page.locator("#troubles .trouble")
                    .filter(new Locator.FilterOptions().setHasText("NoProcessorForCapability plates"));
            assertThat(alert).containsText("frames wait, and no usable processor offers this capability");
            assertThat(page.locator("#health")).hasText("degraded");
            assertThat(page.locator("#troubles .trouble")).hasCount(site.get("alerts").size() + 1);
            alert.getByText("What to do").click();
            assertThat(page.locator("h1")).hasText("No processor offers a capability");
            assertThat(page.locator("code").filter(new Locator.FilterOptions().setHasText("frame-buffer route")))
                    .containsText("--orchestrator-url http://127.0.0.1:" + site.port());
            page.goBack();
            assertThat(alert).isVisible();
            site.working("plates-1", 2, "plates");
            assertThat(alert).hasCount(0);
        }
    }

    @Test
    void alertsOfOneKindAreOneLine() {
        try (Site site = new Site(folder)) {
            for (int i = 0; i < 7; i++) {
                site.capture("f" + i, "yard", "need-" + i);
            }
            Page page = chromium.open(site.url());
            Locator alerts = page.locator("#troubles .trouble")
                    .filter(new Locator.FilterOptions().setHasText("NoProcessorForCapability"));
            assertThat(alerts).containsText(
                    "NoProcessorForCapability (7)need-0, need-1, need-2, need-3, need-4 and 2 more: the first for");
            assertThat(alerts).hasCount(1);
        }
    }

    @Test
    void itSaysThatTheServiceIsGoneAndGoesOnWhenItIsBack() {
        try (Site site = new Site(folder)) {
            Page page = chromium.open(site.url());
            Locator link = page.locator("#link");
            assertThat(link).containsText("live");
            site.without(() -> {
                assertThat(link).containsText("Disconnected");
                assertThat(link).containsText("The page shows the figures of");
                assertThat(page.locator("body")).hasAttribute("data-old", "old");
            });
            assertThat(link).containsText("live");
        }
    }

    @Test
    void itSaysWhenNoNewsComes() throws IOException {
        try (Site site = new Site(folder); FaultProxy proxy = new FaultProxy(site.port())) {
            Page page = chromium.open("http://127.0.0.1:" + proxy.port() + "/");
            Locator link = page.locator("#link");
            assertThat(link).containsText("live");
            proxy.stall(true);
            assertThat(link).containsText("Stale: no update for", new ContainsTextOptions().setTimeout(10_000));
            proxy.stall(false);
            assertThat(link).containsText("live");
            proxy.cut();
            assertThat(link).containsText("live");
        }
    }

    @Test
    void itSaysThatRedisIsAway() {
        try (Site site = new Site(folder)) {
            Page page = chromium.open(site.url());
            assertThat(page.locator("#link")).containsText("live");
            site.redisGoes();
            assertThat(page.locator("#link")).containsText("Redis is unreachable");
            assertThat(page.locator("#link")).containsText("The page shows the figures of");
        }
    }

    @Test
    void withATokenItAsksForItAndShowsNothingBefore() {
        try (Site site = new Site(folder, "s3cret")) {
            Page page = chromium.open(site.url());
            Locator token = page.locator("#token");
            assertThat(token).isFocused();
            page.keyboard().press("Escape");
            assertThat(token).isVisible();
            token.fill("wrong");
            page.keyboard().press("Enter");
            assertThat(page.locator("#token-said")).hasText("The service rejects this token.");
            assertThat(page.locator("#figures dd")).hasCount(0);
            token.fill("s3cret");
            page.keyboard().press("Enter");
            assertThat(page.locator("#link")).containsText("live");
            page.reload();
            assertThat(page.locator("#link")).containsText("live");
            assertThat(page.locator("#token-dialog")).isHidden();
        }
    }
}
