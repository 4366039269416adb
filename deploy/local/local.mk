# The targets that run duban on this machine without containers
.PHONY: programs deps test-deps check-deps up down status

$(BUILD)/dubanctl: LDLIBS += -lz

programs: $(BINS)

deps: ## install the Debian packages that are missing (apt, sudo only where needed)
	@deploy/local/deps run

test-deps:
	@deploy/local/deps test

check-deps:
	@deploy/local/deps check

up: ## build and run everything on this machine, with a private PostgreSQL in var/
	@+deploy/local/up

down: ## stop what `make up` started; all data stays
	@deploy/local/down

status: ## what is running, what waits, what is late
	@$(BUILD)/dubanctl status
