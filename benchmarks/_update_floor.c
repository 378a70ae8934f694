/* The floor of the update: Lion in place, one pass over x, m and g, every core. 20 bytes are moved per parameter.

   Threads wait between calls, asleep rather than spinning: what runs next has the cores for itself. */

#include <pthread.h>
#include <stddef.h>

#define MOST_THREADS 256

static struct { float *x, *m; const float *g; size_t n; float eta, lambda, beta1, beta2; } job;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t begun = PTHREAD_COND_INITIALIZER, ended = PTHREAD_COND_INITIALIZER;
static int threads = 0, running = 0;
static unsigned long turn = 0;

static void part(int index) {
    /* Parts begin at whole cache lines of 16 floats. */
    size_t lines = (job.n + 15) / 16, low = lines * index / threads * 16, high = lines * (index + 1) / threads * 16;
    if (high > job.n) high = job.n;
    float *restrict x = job.x, *restrict m = job.m;
    const float *restrict g = job.g;
    const float eta = job.eta, lambda = job.lambda, beta1 = job.beta1, beta2 = job.beta2;
    for (size_t i = low; i < high; i++) {
        float c = beta1 * m[i] + (1 - beta1) * g[i];
        m[i] = beta2 * m[i] + (1 - beta2) * g[i];
        x[i] -= eta * ((float)((c > 0) - (c < 0)) + lambda * x[i]);
    }
}

static void *worker(void *index) {
    unsigned long done = 0;
    for (;;) {
        pthread_mutex_lock(&lock);
        while (turn == done) pthread_cond_wait(&begun, &lock);
        done = turn;
        pthread_mutex_unlock(&lock);
        part((int)(size_t)index);
        pthread_mutex_lock(&lock);
        if (--running == 0) pthread_cond_signal(&ended);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

/* How many threads work from now on, the caller among them; to be called once. */
int start(int wanted) {
    threads = wanted < 1 ? 1 : wanted > MOST_THREADS ? MOST_THREADS : wanted;
    for (int index = 1; index < threads; index++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, worker, (void *)(size_t)index)) return -1;
        pthread_detach(thread);
    }
    return threads;
}

void lion(float *x, float *m, const float *g, size_t n, float eta, float lambda, float beta1, float beta2) {
    pthread_mutex_lock(&lock);
    job.x = x, job.m = m, job.g = g, job.n = n;
    job.eta = eta, job.lambda = lambda, job.beta1 = beta1, job.beta2 = beta2;
    running = threads - 1;
    turn++;
    pthread_cond_broadcast(&begun);
    pthread_mutex_unlock(&lock);
    part(0);
    pthread_mutex_lock(&lock);
    while (running) pthread_cond_wait(&ended, &lock);
    pthread_mutex_unlock(&lock);
}
