package framebuffer.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static framebuffer.browser.PageTest.button;
import static framebuffer.browser.PageTest.row;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import framebuffer.client.Answer;
import framebuffer.redis.queues.CompletionCounts;
import framebuffer.redis.tables.PictureStore;
import framebuffer.testkit.Await;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Finding;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a new user asks of the page: what was found, and what became of a frame. */
class FindingTest {
    private static final String PERSON = "{\"objects\": [{\"label\": \"person\", \"score\": 0.9, \"box\": [8, 4, 16, 24]}]}";
    private static final String CAR = "{\"objects\": [{\"label\": \"car\", \"score\": 0.7, \"box\": [0, 0, 9, 9]}]}";

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @TempDir
    Path folder;

    private static Locator form(Page page, String name) {
        return page.locator("#" + name + "-form");
    }

    private static Locator rows(Page page, String table) {
        return page.locator("#" + table + " tbody tr");
    }

    private static byte[] jpeg() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "jpeg", out);
        return out.toByteArray();
    }

    /** A frame of a camera with a picture. */
    private static void capture(Site site, String frame, String camera) throws IOException {
        site.redis().call("SET", "frame:" + frame, jpeg());
        site.capture(frame, camera, "person");
    }

    private static void awaitResults(Site site, int number) {
        Await.until("the results are there", () -> site.get("results").path("results").size() == number);
    }

    private void seen(Site site) throws InterruptedException, IOException {
        site.working("people-1", 8, "person",
                frame -> Answer.processed(frame.frame().cameraId().equals("door") ? PERSON : CAR));
        capture(site, "d1", "door");
        capture(site, "d2", "door");
        capture(site, "y1", "yard");
        awaitResults(site, 3);
    }

    @Test
    void allPersonsOfTheLastHourAtTheDoor() throws Exception {
        try (Site site = new Site(folder)) {
            seen(site);
            Page page = chromium.open(site.url());
            form(page, "results").getByLabel("Camera").fill("door");
            form(page, "results").getByLabel("Label").fill("person");
            form(page, "results").getByLabel("When").selectOption("last hour");
            button(page, "Show results").click();
            assertThat(rows(page, "results")).hasCount(2);
            assertThat(rows(page, "results").first()).containsText("person 90 %");
            page.reload();
            assertThat(rows(page, "results")).hasCount(2);
        }
    }

    @Test
    void whatACameraSawAtATimeLeadsToThePictureWithItsBoxes() throws Exception {
        try (Site site = new Site(folder)) {
            seen(site);
            Page page = chromium.open(site.url());
            Locator form = form(page, "results");
            form.getByLabel("Camera").fill("yard");
            form.getByLabel("When").selectOption("from … to …");
            LocalDateTime from = LocalDateTime.now(ZoneId.systemDefault()).minusSeconds(50);
            // The browser drops seconds that are zero, and then the text differs from what was filled in.
            form.locator("[name=from]").fill((from.getSecond() == 0 ? from.minusSeconds(1) : from)
                    .format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss")));
            button(page, "Show results").click();
            assertThat(rows(page, "results")).hasCount(1);
            rows(page, "results").first().locator("a").click();
            assertThat(page.locator("#journey summary").first()).containsText("person: car 70 %");
            assertThat(page.locator("#journey .seen rect")).hasAttribute("width", "9");
            assertThat(page.locator("#journey .seen text")).hasText("car 70 %");
            form.locator("[name=from]").fill("2020-01-01T10:15");
            button(page, "Show results").click();
            assertThat(page.locator("#results-said")).hasText("Nothing fits.");
        }
    }

    @Test
    void whyFramesOfACameraWereShedIsTwoClicksFromTheirNumber() throws InterruptedException {
        try (Site site = new Site(folder)) {
            site.idle("people-1", 1, "person");
            site.call("PUT", "cameras/yard/policy", "{\"keep\": \"latest\"}");
            for (int i = 0; i < 5; i++) {
                site.capture("f" + i, "yard", "person");
            }
            Await.until("frames are shed",
                    () -> site.get("frames/ledger").at("/total/shed/superseded").asInt() == 3);
            Await.until("the journal, which is up to a second late, has them",
                    () -> site.get("frames?camera=yard&state=shed").path("frames").size() == 3);
            Page page = chromium.open(site.url());
            row(page, "cameras", "yard").locator("a", new Locator.LocatorOptions().setHasText("3")).click();
            assertThat(rows(page, "frames")).hasCount(3);
            assertThat(rows(page, "frames").first()).containsText("superseded");
            rows(page, "frames").first().locator("a").click();
            assertThat(page.locator("#journey h3 .state")).hasText("shed");
        }
    }

    @Test
    void theLargePictureFollowsTheDetector() throws Exception {
        try (Site site = new Site(folder)) {
            site.working("people-1", 8, "person", _ -> Answer.processed(PERSON));
            PictureStore.put(site.redis(), Keys.DEFAULT, new CameraNeed("door", "person"),
                    new Finding("d0", "people-1", 1, Instant.EPOCH), jpeg());
            Page page = chromium.open(site.url());
            page.getByTitle("Show it large and live").click();
            assertThat(page.locator("#picture img")).isVisible();
            assertThat(page.locator("#picture-said")).hasText("The next result is awaited.");
            Await.until("the page listens", () -> {
                try {
                    capture(site, "d" + System.nanoTime(), "door");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                return page.locator("#picture rect").count() == 1;
            });
            assertThat(page.locator("#picture-said")).containsText("person 90 %");
            button(page, "Close").click();
            assertThat(page.locator("#picture-dialog")).isHidden();
        }
    }

    /** The totals of the service at a minute: of 100 frames more each minute, of which half are done. */
    private static void history(Site site, long minute, int captured, int slowBucket) {
        String buckets = IntStream.range(0, CompletionCounts.BUCKETS).mapToObj(
                bucket -> bucket == slowBucket ? String.valueOf(captured / 2) : "0").collect(Collectors.joining(","));
        site.redis().call("HSET", "frame-buffer:history", String.valueOf(minute),
                "{\"at\": " + minute * 60_000 + ", \"counts\": [" + captured + ", " + captured / 2
                        + ", 0, 0], \"shed\": {\"expired\": " + captured / 2 + "}, \"buckets\": [" + buckets
                        + "], \"backlog\": [0, 1], \"processors\": {}, \"capabilities\": {}}");
    }

    @Test
    void theSlowestHourIsToldAndTheChartsAreThereAfterAReload() {
        try (Site site = new Site(folder)) {
            long minute = System.currentTimeMillis() / 60_000;
            for (int ago = 130; ago >= 70; ago--) {
                history(site, minute - ago, (130 - ago) * 60, 5);
            }
            Page page = chromium.open(site.url());
            assertThat(page.locator("#history-slowest")).containsText("The slowest hour of the last 24: ");
            for (int loads = 0; loads < 2; loads++) {
                assertThat(page.locator("#history figcaption").first()).hasText("Frames per second up to 1.0/s");
                assertThat(page.locator("#history path.line-0").first()).hasAttribute("d", Pattern.compile("M.+L.+"));
                page.reload();
            }
        }
    }

    @Test
    void anAlertIsSilencedAndTheSilenceEnded() {
        try (Site site = new Site(folder)) {
            site.capture("f", "yard", "plates");
            Page page = chromium.open(site.url());
            Locator alert = page.locator("#troubles .trouble")
                    .filter(new Locator.FilterOptions().setHasText("NoProcessorForCapability"));
            alert.getByText("Silence for an hour").click();
            assertThat(alert).containsText("silent until");
            assertThat(alert).isVisible();
            assertThat(alert).hasAttribute("data-silenced", Pattern.compile("20.+Z"));
            alert.getByText("End the silence").click();
            assertThat(alert).not().containsText("silent until");
        }
    }

    @Test
    void camerasAreFilteredByName() {
        try (Site site = new Site(folder)) {
            site.idle("people-1", 8, "person");
            for (String camera : new String[]{"yard-10", "yard-9", "gate"}) {
                site.capture("f-" + camera, camera, "person");
            }
            Page page = chromium.open(site.url());
            assertThat(rows(page, "cameras")).hasCount(3);
            page.getByLabel("Only cameras whose name has").fill("YARD");
            assertThat(page.locator("#cameras tbody th")).hasText(new String[]{"yard-9", "yard-10"});
            page.getByLabel("Only cameras whose name has").fill("barn");
            assertThat(page.locator("#cameras caption")).hasText("No camera has this in its name.");
        }
    }
}
