import time

import numpy as np

import moyeo

now = time.time_ns() // 1_000_000
index = moyeo.PresenceIndex(ttl_ms=60_000)
index.move(1, 37.5665, 126.9780, now)  # Seoul City Hall
index.move(2, 37.5658, 126.9751, now)  # Deoksugung
index.move(3, 37.5600, 126.9753, now)  # Sungnyemun
for n in index.nearby_user(1, now, radius_m=5_000):
    print(f"user {n.user} is {n.distance_m:.0f} m away")

user = np.arange(1_000_000, dtype=np.uint64)  # a million, a metre apart
lat = 33 + user / 111_195
lng = np.full(1_000_000, 127.0)
index.move(user, lat, lng, now)
answers = index.nearby_many(lat[::100].copy(), lng[::100].copy(), now, radius_m=10.5)
print(f"{len(answers.user):,} answers to {len(answers):,} questions")
