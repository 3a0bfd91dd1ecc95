package framebuffer.vision.camera;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after all cameras of this process, on one thread. */
final class Watchdog {
    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Set<Camera> CAMERAS = ConcurrentHashMap.newKeySet();

    static {
        Thread.ofPlatform().daemon().name("watchdog").start(Watchdog::watch);
    }

    private Watchdog() {
    }

    static void add(Camera camera) {
        CAMERAS.add(camera);
    }

    static void remove(Camera camera) {
        CAMERAS.remove(camera);
    }

    private static void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK);
                CAMERAS.forEach(Watchdog::look);
            }
        } catch (InterruptedException e) {
            log.warn("cameras whose decoder hangs are no longer noticed");
            Thread.currentThread().interrupt();
        }
    }

    private static void look(Camera camera) {
        try {
            camera.replaceHungPlayer();
        } catch (RuntimeException | Error e) {
            log.error("camera {} cannot be looked after", camera.cameraId(), e);
        }
    }
}
