package framebuffer.vision.source;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.vision.camera.ClipPictures;
import framebuffer.vision.decode.HardwareDecoding;
import framebuffer.vision.decode.PictureDemand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only what is wanted is decoded, and it looks as if all were. */
class DecodeOnlyTest {
    private static final long TENTH = 100_000;
    /** Ten pictures per second; key pictures at 0, 1, 2, 3, 4, 5, 6 and 9 s; of the others, two thirds are no reference. */
    private static final int PICTURES = 100;

    @TempDir
    private Path folder;

    @Test
    void unwantedPicturesToWhichNoOtherRefersAreSkipped() throws IOException {
        Played all = play(video(), null);
        Played some = play(video(), new Every(4 * TENTH));
        assertThat(all.pictures).hasSize(PICTURES);
        assertThat(some.pictures.size()).isBetween(PICTURES / 3, PICTURES * 2 / 3);
        assertThat(all.pictures).containsAllEntriesOf(some.pictures);
        assertThat(some.taken).hasSize(25);
    }

    @Test
    void whereKeyPicturesAreAsFrequentAsWantedOnesTheyAloneAreDecoded() throws IOException {
        Played some = play(video(), new Every(10 * TENTH));
        assertThat(some.tenths(45, 70)).containsExactly(50, 60);
    }

    @Test
    void keyPicturesThatArriveUnevenlyAreTakenAsOftenAsTheyAreWanted() throws IOException {
        Played some = play(video(), new Every(10 * TENTH, TENTH * 8 / 10));
        assertThat(some.tenths(45, 70)).containsExactly(50, 60);
        assertThat(some.taken).contains(50, 60).hasSize(10);
    }

    @Test
    void whenKeyPicturesBecomeRarerAllAreDecodedAgainAtOnce() throws IOException {
        Played all = play(video(), null);
        Played some = play(video(), new Every(10 * TENTH));
        assertThat(some.tenths(70, 76)).isNotEmpty();
        assertThat(some.tenths(70, 90)).hasSizeGreaterThan(5);
        assertThat(all.pictures).containsAllEntriesOf(some.pictures);
        assertThat(some.taken).hasSize(10);
    }

    @Test
    void ofPicturesThatNeedNoOthersOnlyTheWantedOnesAreDecoded() throws IOException {
        ByteArrayOutputStream jpegs = new ByteArrayOutputStream();
        for (int picture = 0; picture < 20; picture++) {
            jpegs.write(ClipPictures.first(1, 1).getFirst());
        }
        VideoAddress address = new VideoAddress.File(Files.write(folder.resolve("clip.mjpeg"), jpegs.toByteArray()));
        Played some = play(address, new Every(5 * TENTH));
        assertThat(some.taken).hasSize(4);
        assertThat(some.coded).isEqualTo(4);
        assertThat(some.received).isEqualTo(20);
    }

    @Test
    void whatIsSkippedIsNotCountedAsLost() throws IOException {
        for (long interval : List.of(1L, 4 * TENTH, 10 * TENTH, 1000 * TENTH)) {
            Played some = play(video(), new Every(interval));
            assertThat(some.undecodable).as("every " + interval).isZero();
            assertThat(some.received).isEqualTo(PICTURES);
        }
    }

    private static VideoAddress video() {
        return new VideoAddress.File(Path.of("src/test/resources/video/bframes.ts"));
    }

    /** Wants a picture at each interval; one coded picture arrives each tenth of a second. */
    private static final class Every implements PictureDemand {
        private final long interval;
        private final long unevenness;
        private long pictures;
        private long now;
        private long next;

        Every(long interval) {
            this(interval, 0);
        }

        /** Each second group of ten pictures arrives late by this. */
        Every(long interval, long unevenness) {
            this.interval = interval;
            this.unevenness = unevenness;
        }

        @Override
        public long nowMicros() {
            now = pictures * TENTH + (pictures / 10 % 2) * unevenness;
            pictures++;
            return now;
        }

        @Override
        public boolean due(long atMicros) {
            return atMicros >= next;
        }

        boolean take(long early) {
            boolean taken = due(now + early);
            next += taken ? interval : 0;
            return taken;
        }

        @Override
        public long intervalMicros() {
            return interval;
        }
    }

    /** What was decoded: a hash of each picture by its time in tenths of a second, and the times of those that were taken. */
    private static final class Played {
        private final TreeMap<Integer, Integer> pictures = new TreeMap<>();
        private final List<Integer> taken = new ArrayList<>();
        private long received;
        private long coded;
        private long undecodable;

        Set<Integer> tenths(int from, int to) {
            return pictures.subMap(from, to).keySet();
        }
    }

    private static Played play(VideoAddress address, @Nullable Every wanted) {
        Played played = new Played();
        PictureDeadline deadline = new PictureDeadline(Duration.ofSeconds(10), System::nanoTime);
        try (VideoStream video = VideoStream.open(address, HardwareDecoding.NONE, deadline)) {
            if (wanted != null) {
                video.decodeOnly(wanted);
            }
            long begin = Long.MIN_VALUE;
            for (AVFrame picture = video.next(); picture != null; picture = video.next()) {
                long time = video.timeMicros(picture).orElse(0);
                begin = begin == Long.MIN_VALUE ? time : begin;
                int tenth = Math.toIntExact((time - begin + TENTH / 2) / TENTH);
                played.pictures.put(tenth, hash(picture));
                if (wanted != null && wanted.take(video.earlyMicros())) {
                    played.taken.add(tenth);
                }
            }
            played.received = video.received();
            played.coded = video.counts().coded();
            played.undecodable = video.counts().undecodable();
        }
        return played;
    }

    private static int hash(AVFrame picture) {
        int hash = 1;
        byte[] row = new byte[picture.width()];
        for (int y = 0; y < picture.height(); y++) {
            picture.data(0).position((long) y * picture.linesize(0)).get(row);
            hash = 31 * hash + Arrays.hashCode(row);
        }
        picture.data(0).position(0);
        return hash;
    }
}
