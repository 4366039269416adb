#  parcel - one that a service might have left in its outbox before it died

import json
import time
import uuid


#  UUIDv7: milliseconds, version, variant, chance
def parcel_id():
    chance = uuid.uuid4().int
    value = (int(time.time() * 1000) << 80) | (7 << 76) | (chance & 0xfff) << 64 | (2 << 62) | chance >> 66
    return str(uuid.UUID(int=value))


#  Owned by a replica that is not there: the living take it over
def leave_parcel(s, target, *messages, schema="intake"):
    parcel = parcel_id()
    s.sql(f"INSERT INTO {schema}.outbox (parcel_id, target, owner, messages, body) VALUES (%s, %s, %s, %s, %s)",
          parcel, target, str(uuid.uuid4()), len(messages), json.dumps(messages).encode())
    return parcel
