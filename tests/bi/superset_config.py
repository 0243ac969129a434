"""Settings of the Apache Superset that test_superset.py starts, for itself alone."""

import os

SECRET_KEY = "only for this test"
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['SUPERSET_HOME']}/superset.db"
WTF_CSRF_ENABLED = False  # the test calls the API, no browser does
TALISMAN_ENABLED = False
